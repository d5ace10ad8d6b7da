"""Computes a leaderboard from what the lake holds: which judges it rests on, its rows, slices and per-tip scores."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import msgspec
import numpy as np

from core.benchmark.model import is_same_family
from core.benchmark.records import (
    KINDS,
    JudgeKind,
    Record,
    baseline_cell,
    definitions_of,
    raters_of,
    titles_of,
)
from core.benchmark.spec import Failures, Spec
from core.canonical import content_hash
from core.estimate import ESTIMATOR_VERSION
from core.estimate.design import Ints
from core.expected_error import FieldError
from core.scoring.cell_differences import CellPair, cell_pairs
from core.scoring.exploratory import slice_rows
from core.scoring.fitted_means import draw_ahead, fit_means, forget_fit
from core.scoring.leaderboard import CellCosts, RankingQuery, leaderboard, rows_with_p
from core.scoring.leaderboard_row import LeaderboardRow, SliceRow
from core.scoring.order import scores_in_order
from core.scoring.tally import Tally
from kit.cancellation import stop_if_cancelled
from resources.bench_context import BenchContext
from resources.judging.model_judges.every_answer import repeats_on_record, within_items
from resources.judging.model_judges.failures import without_score, without_score_on_record
from resources.judging.model_judges.waiting import open_kinds, preferred_kind
from resources.judging.scores import Scores
from resources.lake.candidates import candidates
from resources.scoring.costs import SLICES, Costs, Slice, costs_of
from resources.scoring.remembered_board import RememberedBoard, basis_of
from resources.scoring.tallying import Given, answers_of, gates_of, generations_of, given_of, tally_of

MOST_AT_ONCE = 300_000
"""Tips whose costs are counted while their answers are read: with more, memory counts."""


class UnknownJudges(FieldError):
    """A choice of judges that names none on record, or judges of several kinds."""


@dataclass(frozen=True)
class ShownJudges:
    """The judges that a leaderboard rests on, all of one kind; `kind` is None without any score."""

    judges: dict[str, JudgeKind]
    kind: JudgeKind | None


@dataclass(frozen=True)
class Computed:
    """A leaderboard and what it was made from; `answered` counts the tips that each judge has answered.

    `records` are those on record when it was computed: what is said of it rests on the same ones, and on `given`.
    """

    spec: Spec
    shown: ShownJudges
    query: RankingQuery
    answered: dict[str, int]
    tally: Tally
    costs: Costs
    rows: list[LeaderboardRow]
    made_from: tuple[object, ...]
    records: list[Record]
    given: Given

    @property
    def data_hash(self) -> str:
        """Return a hash that is equal for equal spec, candidates, scores, judges, baseline and estimator."""
        return self.query.data_hash


def compute(bench: BenchContext, spec: Spec, judges: str | None = None) -> Computed:
    """Return the leaderboard by the preferred kind of judge, or by `judges`: a kind, or ids of one kind with commas.

    Raise UnknownJudges for judges that are not on record or of several kinds.
    """
    records = bench.on_record(spec.experiment).records
    basis = basis_of(bench.home, spec, records) if judges is None else None
    with ThreadPoolExecutor(1, "board") as pool:  # what needs no other step has a thread of its own
        of_tips = pool.submit(costs_of, bench.home, spec) if _is_small(bench, spec) else None
        given = given_of(bench.home, spec)
        shown, tally, answered = _counted(bench, spec, given, raters_of(records), judges)
        pool.submit(draw_ahead, tally, spec.seed)
        made_from = _made_from(bench, spec, shown, records)
        query = _query(spec, shown, records, hash_by(made_from, ESTIMATOR_VERSION))
        costs = costs_of(bench.home, spec) if of_tips is None else of_tips.result()
        rows = leaderboard(query, tally, _within(costs, None, None))
    _LAST.note(basis, rows)
    return Computed(spec, shown, query, answered, tally, costs, rows, made_from, records, given)


def _is_small(bench: BenchContext, spec: Spec) -> bool:
    """Return whether tips and answers may be in memory at once, each with what is made of it."""
    manifest = candidates(bench.home, spec.experiment).manifest()
    return manifest is not None and manifest.rows <= MOST_AT_ONCE


def _made_from(bench: BenchContext, spec: Spec, shown: ShownJudges, records: list[Record]) -> tuple[object, ...]:
    lost = without_score_on_record(bench.home, spec, records)
    repeats = repeats_on_record(bench.home, spec, records)
    manifest = candidates(bench.home, spec.experiment).manifest()
    return (
        msgspec.structs.replace(spec, created_at=""),
        manifest.sha256 if manifest else None,
        Scores(bench.home, spec.experiment, spec.rubric).snapshot_hash,
        sorted(shown.judges),
        baseline_cell(spec.cell_names(), records),
        *([lost] if lost else ()),
        *([repeats] if repeats else ()),
    )


def _query(spec: Spec, shown: ShownJudges, records: list[Record], data_hash: str) -> RankingQuery:
    return RankingQuery(
        cells=spec.cell_names(),
        rubric=spec.rubric,
        policy=spec.failures,
        kind=shown.kind,
        baseline=baseline_cell(spec.cell_names(), records),
        areas=_codes([scenario.area for scenario in spec.scenarios]),
        seed=spec.seed,
        data_hash=data_hash,
        titles=titles_of(records),
        own_family=_of_own_family(spec, shown, records),
    )


def _of_own_family(spec: Spec, shown: ShownJudges, records: list[Record]) -> frozenset[int]:
    """Return the cells whose model is of the family of a shown judge, or is that judge's own."""
    judging = [own.model for judge, own in definitions_of(records).items() if judge in shown.judges]
    own = {n for n, model in enumerate(spec.models) if any(is_same_family(model, other) for other in judging)}
    return frozenset(cell for cell, (model, _) in enumerate(spec.cells) if model in own)


def rows_again(bench: BenchContext, spec: Spec) -> list[LeaderboardRow]:
    """Return the rows that `compute` gives: as they were where every byte they follow from is what it was just now."""
    rows = _LAST.rows(basis_of(bench.home, spec, bench.on_record(spec.experiment).records))
    return compute(bench, spec).rows if rows is None else rows


_LAST = RememberedBoard()


def _counted(
    bench: BenchContext, spec: Spec, given: Given, known: dict[str, JudgeKind], judges: str | None
) -> tuple[ShownJudges, Tally, dict[str, int]]:
    """Return which judges are shown, their tally, and how many tips each judge has answered."""
    answers, generations = answers_of(given, spec), generations_of(given, spec)
    reached = answers.cells_by_kind()
    texts = set(np.flatnonzero(generations["texts"].sum(axis=1)).tolist())
    shown = _preferred(bench, spec, known, reached, texts) if judges is None else _chosen(judges, known, reached)
    named = list(shown.judges)
    gates, lost = gates_of(bench.home, spec, named), without_score(bench.home, spec, named)
    noise = within_items(bench.home, spec, named)
    return shown, tally_of(answers, generations, named, gates, lost, noise), answers.by_judge()


def hash_by(made_from: tuple[object, ...], estimator: int) -> str:
    """Return the hash of a leaderboard made from this by a version of the estimator; the first did not enter it."""
    return content_hash((*made_from, estimator) if estimator > 1 else made_from)


def other_policy(computed: Computed) -> list[LeaderboardRow] | None:
    """Return the rows under the failure policy that is not pinned, or None if the order of the cells is the same."""
    if not computed.tally.missed().any():
        return None
    policy: Failures = "excluded" if computed.spec.failures == "worst" else "worst"
    query = replace(computed.query, policy=policy)
    scored = scores_in_order(query, computed.tally)
    order = [query.cells[cell] for cell in (*scored, *sorted(set(range(len(query.cells))) - set(scored)))]
    if order == [(row.model, row.prompt) for row in computed.rows]:
        return None
    return leaderboard(query, computed.tally, _within(computed.costs, None, None))


def pairs_of(computed: Computed) -> list[CellPair]:
    """Return every pair of cells with a score, none where nobody has scored."""
    scale = computed.spec.rubric.scale
    got = fit_means(computed.tally, computed.spec.rubric, computed.spec.failures)
    return [] if got is None else cell_pairs(got, computed.query.cells, scale.high - scale.low, computed.spec.seed)


def slices_of(computed: Computed) -> list[SliceRow]:
    """Return a row for every cell within every area and locale; scenarios without one come last, slice_value None.

    A slice of all scenarios takes what was fitted for the board, and comes first; then that is let go. Raise Cancelled
    if nobody awaits them any more.
    """
    parts = [(slice_, value, inside) for slice_ in SLICES for value, inside in _parts(computed, slice_)]
    rows: dict[tuple[Slice, str | None], list[tuple[LeaderboardRow, float | None]]] = {}
    for slice_, value, inside in sorted(parts, key=lambda part: len(part[2]), reverse=True):
        stop_if_cancelled()
        rows[slice_, value] = _part_rows(computed, slice_, value, inside)
    return [
        row
        for slice_ in SLICES
        for row in slice_rows(slice_, [(value, rows[slice_, value]) for at, value, _ in parts if at == slice_])
    ]


def _parts(computed: Computed, slice_: Slice) -> list[tuple[str | None, Ints]]:
    """Return the scenarios of each value of a slice, by value, those without one last."""
    values = [getattr(scenario, slice_) for scenario in computed.spec.scenarios]
    ordered = sorted(set(values), key=lambda value: (value is None, value or ""))
    return [
        (value, np.array([place for place, own in enumerate(values) if own == value], np.int64)) for value in ordered
    ]


def _part_rows(
    computed: Computed, slice_: Slice, value: str | None, inside: Ints
) -> list[tuple[LeaderboardRow, float | None]]:
    areas, tally = computed.query.areas, computed.tally
    if len(inside) < len(computed.spec.scenarios):
        forget_fit(tally)
        areas, tally = None if areas is None else areas[inside], tally.within(inside)
    own = replace(computed.query, areas=areas, simultaneous=False)
    return rows_with_p(own, tally, _within(computed.costs, slice_, value))


def _within(costs: Costs, slice_: Slice | None, value: str | None) -> dict[int, CellCosts]:
    return {cell: own for (at, name, cell), own in costs.items() if (at, name) == (slice_, value)}


def _preferred(
    bench: BenchContext, spec: Spec, known: dict[str, JudgeKind], reached: dict[JudgeKind, set[int]], texts: set[int]
) -> ShownJudges:
    """Return the judges of the preferred kind, else of the first known; no kind stands in for an open one before it."""
    kind = preferred_kind(reached, texts)
    open_ = open_kinds(bench, spec, kind) if kind else set[JudgeKind]()
    if open_ and (kind := preferred_kind(reached, texts, open_)) is None:
        return ShownJudges(_of_kind(min(open_, key=KINDS.index), known).judges, None)
    if kind is not None:
        return _of_kind(kind, known)
    recorded = [kind for kind in KINDS if kind in known.values()]
    return ShownJudges(_of_kind(recorded[0], known).judges if recorded else {}, None)


def _chosen(text: str, known: dict[str, JudgeKind], reached: dict[JudgeKind, set[int]]) -> ShownJudges:
    names = [name.strip() for name in text.split(",") if name.strip()]
    kinds: list[JudgeKind] = [kind for kind in KINDS if names == [kind]]
    if kinds and kinds[0] in known.values():
        return (
            _of_kind(kinds[0], known) if reached.get(kinds[0]) else ShownJudges(_of_kind(kinds[0], known).judges, None)
        )
    recorded = ", ".join(f"{judge} ({kind})" for judge, kind in known.items()) or "none"
    strangers = [name for name in names if name not in known]
    if strangers or not names:
        raise UnknownJudges(
            f"judges {text!r}: {', '.join(strangers) or 'nothing'} is not on record; on record: {recorded}",
            ("judges",),
        )
    found = {known[name] for name in names}
    if len(found) > 1:
        said = f"judges {text!r} mixes kinds, which are never averaged together; on record: {recorded}"
        raise UnknownJudges(said, ("judges",))
    return ShownJudges({name: known[name] for name in names}, found.pop())


def _of_kind(kind: JudgeKind, known: dict[str, JudgeKind]) -> ShownJudges:
    return ShownJudges({judge: own for judge, own in known.items() if own == kind}, kind)


def _codes(names: Sequence[str | None]) -> "np.ndarray[tuple[int], np.dtype[np.int64]] | None":
    """Return codes of the areas, or None if any scenario has none."""
    if any(name is None for name in names):
        return None
    order = {name: code for code, name in enumerate(sorted({name for name in names if name is not None}))}
    return np.array([order[name] for name in names if name is not None], np.int64)
