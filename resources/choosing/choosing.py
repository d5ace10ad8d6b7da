"""Chooses a cell of an experiment by its leaderboard as the scores are now, and puts the decision on record."""

from collections.abc import Mapping, Sequence

import msgspec

from core.benchmark.records import definitions_of
from core.benchmark.spec import Spec
from core.choosing.choice import CellChoice, ChoiceBoard, check_margin, choose
from core.choosing.comparisons import compare_all
from core.choosing.limits import ShipLimits, check_floors
from core.choosing.looks import LookPlan, look_at
from core.choosing.records import ChoiceRecord
from core.expected_error import FieldError
from core.judging.rubric import Rubric
from core.scoring.fitted_means import fit_means
from resources.bench_context import BenchContext
from resources.choosing.shipped import champion_among
from resources.judging.model_judges.trial_records import trials_of
from resources.judging.scores import Scores
from resources.lake.specs import add_records, pinned_spec, read_records
from resources.scoring.computing import Computed, compute


class OtherLooks(FieldError):
    """Another plan of looks than the one on record, or one that cannot be."""


class ChoiceOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What a decision is made by; None is the default: the shipped champion, the preferred judges, one look now."""

    margin: float
    limits: ShipLimits = ShipLimits()
    champion: str | None = None
    judges: str | None = None
    looks: int | None = None
    max_scenarios: int | None = None


def choose_cell(bench: BenchContext, spec: Spec, options: ChoiceOptions) -> CellChoice:
    """Return the decision on the scores that there are now; what rests on people, agents or models goes on record.

    Nothing goes on that of an experiment that came from a pack.

    Raise WrongMargin, UnknownFloor, UnknownJudges, OtherLooks, or Archived where nothing may be recorded.
    """
    check_margin(options.margin)
    check_floors(options.limits, spec.rubric, _other_versions(bench, spec, options.limits))
    state = bench.on_record(spec.experiment)
    if state.unpacked is None:
        state.open()
    computed = compute(bench, spec, options.judges)
    got = fit_means(computed.tally, spec.rubric, spec.failures)
    scenarios = 0 if got is None else got.design.n_scenarios
    data = state.unpacked.data if state.unpacked else Scores(bench.home, spec.experiment, spec.rubric).snapshot_hash
    before = _choices(bench, spec)
    plan = _plan(before, options, scenarios)
    look = look_at(plan, _looks(before, data, scenarios))
    span = spec.rubric.scale.high - spec.rubric.scale.low
    compared = None if got is None else compare_all(got, span, options.margin, spec.seed, look.level)
    kind = computed.shown.kind
    made = choose(
        computed.rows,
        ["/".join(cell) for cell in spec.cell_names()],
        compared,
        options.limits,
        margin=options.margin,
        champion=options.champion or champion_among(bench, spec),
        board=ChoiceBoard(computed.data_hash, kind, tuple(computed.shown.judges), scenarios),
        look=look,
        judge_noise=_known_noise(bench, computed),
        answers=scenarios * spec.n_tips * _asks(computed),
    )
    if got is not None and kind != "program" and state.unpacked is None:
        _record(bench, spec, options, plan, made, data, before)
    return made


def _known_noise(bench: BenchContext, computed: Computed) -> float | None:
    """Return the noise of a board's judges in rubric units, pooled; None where nothing is known of it.

    Where none of them answered an item here twice, it is the largest that their trials elsewhere have shown.
    """
    if (noise := computed.tally.noise()) is not None:
        return noise
    spec, pinned = computed.spec, definitions_of(computed.records)
    trials = [
        trials_of(bench.home, spec, own).trials[-1:] for judge, own in pinned.items() if judge in computed.shown.judges
    ]
    return max((each.noise for (each,) in filter(None, trials) if each.noise is not None), default=None)


def _asks(computed: Computed) -> int:
    """Return how many answers a tip has from the board's judges, those that are kept beside a score among them."""
    pinned = definitions_of(computed.records)
    return sum(pinned[judge].entry.asks if judge in pinned else 1 for judge in computed.shown.judges) or 1


def _choices(bench: BenchContext, spec: Spec) -> list[ChoiceRecord]:
    """Return the decisions on record of this experiment and of those that it extends, oldest first."""
    found, name = list[ChoiceRecord](), spec.experiment
    old = spec.extends
    while True:
        own = [record for record in read_records(bench.home, name) if isinstance(record, ChoiceRecord)]
        found = [*own, *found]
        if old is None:
            return found
        name, old = old, pinned_spec(bench.home, old).extends


def _plan(before: Sequence[ChoiceRecord], options: ChoiceOptions, scenarios: int) -> LookPlan:
    """Return the plan of looks on record, else the given one; raise OtherLooks if they differ."""
    looks, most = options.looks, options.max_scenarios
    if before:
        plan = LookPlan(before[0].looks, before[0].max_scenarios)
        if (looks or plan.looks) != plan.looks or (most or plan.max_scenarios) != plan.max_scenarios:
            said = f"{plan.looks} looks at up to {plan.max_scenarios} scenarios were planned by the first choose"
            raise OtherLooks(f"looks: {said}, which stands: leave --looks and --max-scenarios out", ("looks",))
        return plan
    if (looks or 1) > 1 and most is None:
        raise OtherLooks("looks: say at how many scenarios the last one is, --max-scenarios N", ("max_scenarios",))
    if most is not None and most < scenarios:
        raise OtherLooks(f"max_scenarios is {most}, and there are {scenarios} already: give more", ("max_scenarios",))
    return LookPlan(looks or 1, most or max(scenarios, 1))


def _looks(before: Sequence[ChoiceRecord], data: str, scenarios: int) -> list[int]:
    """Return the scenarios of every look up to the one at this data: each other data is a look."""
    by_data = dict[str, int]()
    for record in before:
        by_data.setdefault(record.data, record.scenarios)
    by_data.setdefault(data, scenarios)
    places = list(by_data)
    return [by_data[each] for each in places[: places.index(data) + 1]]


def _record(
    bench: BenchContext,
    spec: Spec,
    options: ChoiceOptions,
    plan: LookPlan,
    made: CellChoice,
    data: str,
    before: Sequence[ChoiceRecord],
) -> None:
    """Append the decision, unless the same one by the same options on the same data was the last of these."""
    record = ChoiceRecord(
        data,
        made.board.scenarios,
        made.decision,
        made.cell,
        options.margin,
        _in_words(options, made.champion),
        plan.looks,
        plan.max_scenarios,
        bench.author,
        bench.now(),
    )
    same = [each for each in before if (each.data, each.options) == (record.data, record.options)]
    if not same or (same[-1].decision, same[-1].cell) != (record.decision, record.cell):
        add_records(bench.home, spec.experiment, [record])


def _other_versions(bench: BenchContext, spec: Spec, limits: ShipLimits) -> list[Rubric]:
    """Return the catalog's other versions of the pinned rubric, where a floor is on none of its own criteria."""
    if limits.floors.keys() <= set(spec.rubric.names):
        return []
    return [each for each in bench.catalog().rubrics.values() if each.name == spec.rubric.name]


def _in_words(options: ChoiceOptions, champion: str | None) -> Mapping[str, str]:
    """Return what the decision was made by as texts, by name; what sets nothing is left out."""
    limits = options.limits
    given = {
        "margin": options.margin,
        "max_cost_per_1k": limits.max_cost_per_1k,
        "max_p95_ms": limits.max_p95_ms,
        "champion": champion,
        "judges": options.judges,
        **{f"floor {name}": floor for name, floor in limits.floors.items()},
    }
    return {name: str(value) for name, value in given.items() if value is not None}
