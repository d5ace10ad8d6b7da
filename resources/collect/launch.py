"""Launching: from given options to a pinned experiment with its judges, baseline and ceiling on record."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from core.benchmark.amendments import amended
from core.benchmark.names import experiment_name
from core.benchmark.options import OptionError, validate_options, with_defaults
from core.benchmark.records import (
    BaselineRecord,
    CeilingRecord,
    JudgeKind,
    Record,
    ceiling_of,
    check_baseline,
    judges_of,
    parse_judge,
    raters_of,
    refuse_other_tasks,
    split_baseline,
)
from core.benchmark.spec import Options, Spec, SpecMismatch, check_override
from core.judging.model_judges.ceiling import JudgeCeilingRecord, JudgeModelAmended, judge_ceiling_of
from resources.bench_context import BenchContext
from resources.catalog import Catalog
from resources.collect.judges import anyway_records, check_judge_prices, joining_judges, mended_judge_models
from resources.collect.model_changes import model_changes, reached_today
from resources.collect.pinning import check_prices, draft_spec
from resources.lake.candidates import n_collected
from resources.lake.specs import (
    ExperimentState,
    NotPinned,
    add_records,
    pin,
    read_records,
    read_spec,
)
from resources.models.registry import check_keys

DEFAULT_JUDGE: tuple[str, JudgeKind] = ("agent", "agent")


def draft(bench: BenchContext, name: str, options: Options) -> Spec:
    """Return the pin, checked against `options`, or the spec that a launch would pin; nothing is written.

    Raise OptionError for an adopted experiment or an option that cannot be used, SpecMismatch for one that differs.
    """
    return drafted(bench, bench.on_record(experiment_name(name)), options)


def drafted(bench: BenchContext, state: ExperimentState, options: Options) -> Spec:
    """Return what `draft` returns, of an experiment whose state was read before; raise what that raises."""
    name, spec = state.name, state.spec
    check_anchors(options, spec)
    if spec is not None:
        refuse_adopted(spec)
        validate_options(name, options)
        return _agreed(bench, spec, options)
    catalog = bench.catalog()
    old = _extended(bench, options)
    complete = with_defaults(_inherited(old, options, catalog) if old else options, bench.defaults)
    if options.n_scenarios is None and options.extends is None:  # a default asks for no more than there is
        count = min(complete.n_scenarios or len(catalog.scenarios), len(catalog.scenarios)) or None
        complete = msgspec.structs.replace(complete, n_scenarios=count)
    sizes = _sizes(complete, catalog)
    rubric = old.rubric if old and options.rubric is None else None
    return draft_spec(bench.home, name, complete, catalog, sizes=sizes, now=bench.now(), rubric=rubric, vet=bench.vet)


def refuse_adopted(spec: Spec) -> None:
    """Raise OptionError for an experiment of adopted outputs, which nothing can be collected for."""
    if spec.source == "adopt":
        raise OptionError(
            f"{spec.experiment} holds adopted outputs, which cannot be run: score them, or adopt under another name",
            ("experiment",),
        )


def _agreed(bench: BenchContext, spec: Spec, options: Options) -> Spec:
    """Return the pin if `options` agree with it; else raise SpecMismatch, which says how an unused name is freed."""
    try:
        return check_override(spec, options)
    except SpecMismatch as error:
        if spec.source == "adopt" or n_collected(bench.home, spec.experiment):
            raise
        freed = f"nothing of it has been collected, so tipbench delete {spec.experiment} frees its name"
        raise SpecMismatch(f"{error}; {freed} (deleteExperiment over the API)", error.path) from error


def check_anchors(options: Options, spec: Spec | None) -> None:
    """Raise OptionError for anchors that are given where nothing is extended; a pin (`spec`) says whether it is."""
    extends = options.extends if spec is None else spec.extends
    if options.anchors is not None and extends is None:
        said = f"anchors is {options.anchors:g} and nothing is extended: add extends=OLD, or leave anchors out"
        raise OptionError(said, ("anchors",))


def _extended(bench: BenchContext, options: Options) -> Spec | None:
    """Return the pin of the experiment that the options extend, None if there is none that can be extended."""
    old = read_spec(bench.home, options.extends) if options.extends else None
    return None if old is None or old.source == "adopt" else old


def _inherited(old: Spec, options: Options, catalog: Catalog) -> Options:
    """Return the options with what was not given taken from the experiment that they extend.

    Its prompts are those of the versions it pinned, where the catalog still holds them; its rubric is the pinned one.
    """
    prompts = tuple(p.ref if p.ref in catalog.prompts else p.name for p in old.prompts)
    pinned = msgspec.structs.replace(old.options, prompts=prompts, rubric=old.rubric.ref, extends=None)
    return with_defaults(
        options, msgspec.structs.replace(pinned, baseline=None, max_cost=None, max_judge_cost=None, anyway=None)
    )


def launch(bench: BenchContext, name: str, options: Options, judges: Sequence[str] = (), *, by_default: bool) -> Spec:
    """Pin the experiment, or agree with its pin, and record judges, baseline and ceiling; idempotent.

    A name without a pin is launched with defaults only if `by_default` is set; a partition that a backfill materializes
    without options raises NotPinned instead. Raise MissingKey or OptionError for missing keys and prices before
    anything is pinned, and Archived for an archived experiment.
    """
    state = bench.on_record(experiment_name(name)).open()
    return record_launch(bench, prepared(bench, state, options, judges, by_default=by_default)).spec


class PreparedLaunch(NamedTuple):
    """A launch that was checked: what it would pin or agree with, what it would record, and from what it comes."""

    spec: Spec
    new: list[Record]
    state: ExperimentState
    options: Options
    judges: Sequence[str]

    @property
    def is_adopted(self) -> bool:
        """Return whether the experiment holds adopted outputs, so that nothing is launched."""
        return self.spec.source == "adopt"


def prepared(
    bench: BenchContext, state: ExperimentState, options: Options, judges: Sequence[str] = (), *, by_default: bool
) -> PreparedLaunch:
    """Return what a launch would pin or agree with and record, fully checked; nothing is written.

    `state` is what is on record of the experiment, which takes launches. Raise what `launch` raises.
    """
    name, pinned, records = state
    nothing = msgspec.structs.replace(options, max_judge_cost=None, anyway=None) == Options()
    if not by_default and nothing and pinned is None:
        raise NotPinned(
            f"{name} has no pinned spec: launch it once with options (models, prompts, n_tips …), then backfill",
            ("experiment",),
        )
    if pinned is not None and pinned.source == "adopt" and nothing:
        joining = _judges_of_adopted(bench, pinned, records, judges)
        new = [
            *joining,
            *_judge_ceiling(bench, records, joining, options),
            *anyway_records(bench, records, joining, options),
        ]
        return PreparedLaunch(pinned, new, state, options, judges)
    spec = drafted(bench, state, options)
    check_keys(reached_today(bench, spec.models), bench.keys)
    if pinned is None:  # the baseline and the ceiling of tipbench.toml hold from the start, like its other defaults
        held = {name: getattr(bench.defaults, name) for name in ("baseline", "max_cost", "max_judge_cost")}
        options = with_defaults(options, Options(**held))
    return PreparedLaunch(spec, _new_records(bench, spec, records, options, judges), state, options, judges)


def _judges_of_adopted(bench: BenchContext, spec: Spec, records: list[Record], judges: Sequence[str]) -> list[Record]:
    """Return the records of judges who are to score adopted outputs inside a run; raise OptionError for others."""
    requested = [parse_judge(text) for text in judges]
    refuse_other_tasks(records, [judge for judge, _ in requested])
    mended = mended_judge_models(bench, spec, records)
    joining = joining_judges(bench, requested, [*records, *mended])
    if any(each.definition is None and each.kind != "program" for each in joining):
        refuse_adopted(spec)
    return [*mended, *joining]


class RecordedLaunch(NamedTuple):
    """The pin in force, whether this launch pinned or recorded anything, and what today's catalog changed of it."""

    spec: Spec
    is_new: bool
    changes: Sequence[Record] = ()


def record_launch(bench: BenchContext, ready: PreparedLaunch) -> RecordedLaunch:
    """Pin what was prepared, unless it is pinned, and append what is new; raise SpecMismatch if another pin came first.

    Where the state had a pin, neither pin nor records are read again.
    """
    if ready.is_adopted:
        add_records(bench.home, ready.spec.experiment, ready.new)
        return RecordedLaunch(ready.spec, is_new=bool(ready.new), changes=_mended(ready.new))
    known = ready.spec if ready.state.spec is not None else None
    spec, created = pin(bench.home, ready.spec, known)
    new = ready.new
    if known is None and not created:  # somebody else launched it since the state was read
        spec = _agreed(bench, spec, ready.options)
        records = read_records(bench.home, spec.experiment)
        new = _new_records(bench, spec, records, ready.options, ready.judges)
    changes = model_changes(bench, spec, ready.state.records)
    add_records(bench.home, spec.experiment, [*new, *changes])
    is_new, changes = created or bool(new or changes), [*changes, *_mended(new)]
    return RecordedLaunch(amended(spec, changes), is_new=is_new, changes=changes)


def _mended(new: Sequence[Record]) -> list[Record]:
    return [record for record in new if isinstance(record, JudgeModelAmended)]


def _new_records(
    bench: BenchContext, spec: Spec, records: list[Record], options: Options, judges: Sequence[str]
) -> list[Record]:
    author, at = bench.author, bench.now()
    known = judges_of(records)
    before = read_records(bench.home, spec.extends) if spec.extends else []
    inherited = raters_of(before)
    requested: list[tuple[str, JudgeKind | None]] = [parse_judge(text) for text in judges]
    refuse_other_tasks([*before, *records], [judge for judge, _ in requested])
    if not requested and not known:  # who judged what is extended judges what is new, too
        requested = [*inherited.items()] or [DEFAULT_JUDGE]
    check_shown(options, [*known, *(judge for judge, _ in requested)], inherited)
    mended = mended_judge_models(bench, spec, records)
    joining = joining_judges(bench, requested, [*records, *mended], before)
    new: list[Record] = [
        *mended,
        *joining,
        *_judge_ceiling(bench, records, joining, options),
        *anyway_records(bench, records, joining, options),
    ]
    if options.baseline is not None:
        model, prompt = split_baseline(options.baseline)
        check_baseline(spec.cell_names(), (model, prompt))
        latest = next((r for r in reversed(records) if isinstance(r, BaselineRecord)), None)
        if latest is None or (latest.model, latest.prompt) != (model, prompt):
            new.append(BaselineRecord(model, prompt, author, at))
    if options.max_cost is not None and options.max_cost != ceiling_of(records):
        check_prices(spec)
        new.append(CeilingRecord(options.max_cost, author, at))
    return new


def _judge_ceiling(
    bench: BenchContext, records: Sequence[Record], joining: Sequence[Record], options: Options
) -> list[Record]:
    """Return the record of a new ceiling on judging; raise OptionError where no ceiling in force could hold."""
    given, before = options.max_judge_cost, judge_ceiling_of(records)
    if given is None and before is None:
        return []
    check_judge_prices(bench, [*records, *joining])
    return [] if given is None or given == before else [JudgeCeilingRecord(given, bench.author, bench.now())]


def check_shown(options: Options, judges: Sequence[str], inherited: Mapping[str, JudgeKind]) -> None:
    """Raise OptionError for anchors that none of the judges could be shown: none is on record in what is extended."""
    if options.anchors and all(inherited.get(judge, "program") == "program" for judge in judges):
        able = [judge for judge, kind in inherited.items() if kind != "program"]
        said = f"add judges={','.join(able)}" if able else f"{options.extends} has no judge but programs"
        raise OptionError(
            f"anchors is {options.anchors:g} and no judge here can have scored old items: {said}, or leave anchors out",
            ("anchors",),
        )


def _sizes(options: Options, catalog: Catalog) -> dict[str, float | None]:
    if options.max_model_b is None:
        return {}
    from resources.models.sizes import reported_sizes  # an HTTP client, for those who set a limit alone

    local = [model for model in catalog.pick_models(options.models or ()) if model.local and model.endpoint]
    return asyncio.run(reported_sizes(local)) if local else {}
