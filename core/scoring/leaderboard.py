"""The leaderboard: from a tally to rows, best first; the only place where estimates, counts and marks meet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from core.benchmark.records import JudgeKind
from core.benchmark.spec import Failures
from core.estimate.design import Ints
from core.estimate.ranks import rank_intervals
from core.judging.rubric import Rubric
from core.scoring.cell_differences import CellDifference, cell_differences
from core.scoring.cell_levels import NOTHING, cell_levels, gate_shares
from core.scoring.checks import COVERAGE
from core.scoring.fitted_means import FittedMeans, fit_means
from core.scoring.leaderboard_row import Estimate, LeaderboardRow
from core.scoring.tally import Tally


@dataclass(frozen=True)
class CellCosts:
    """What one cell's tips cost and how long they are; None where it is not known."""

    mean_length: float | None = None
    tokens: float | None = None
    cost_per_1k: float | None = None
    latency_p50_ms: float | None = None
    latency_p95_ms: float | None = None


@dataclass(frozen=True)
class RankingQuery:
    """What a leaderboard is computed for: which cells, by which rubric, policy and judges, against which baseline.

    `areas` codes the areas of all drawn scenarios, or is None if any has none. `simultaneous` False leaves Holm and the
    bands out, as for slices, which are exploratory. `titles` are the labels of cells that have one. `own_family` are
    cells whose model is of the family of a shown judge.
    """

    cells: Sequence[tuple[str, str]]
    rubric: Rubric
    policy: Failures
    kind: JudgeKind | None
    baseline: int
    areas: Ints | None
    seed: int
    data_hash: str
    simultaneous: bool = True
    titles: Mapping[tuple[str, str], str] = field(default_factory=dict)
    own_family: frozenset[int] = frozenset()


def leaderboard(query: RankingQuery, tally: Tally, costs: Mapping[int, CellCosts]) -> list[LeaderboardRow]:
    """Return a row for every cell, best first, cells without a score last; ties keep the order of the cells."""
    return [row for row, _ in rows_with_p(query, tally, costs)]


def rows_with_p(
    query: RankingQuery, tally: Tally, costs: Mapping[int, CellCosts]
) -> list[tuple[LeaderboardRow, float | None]]:
    """Return the rows of `leaderboard`, each with the p of its difference to the baseline before any adjustment."""
    estimates = _estimates(query, tally)
    gates = [gate_shares(own) for own in tally.gates] if tally.gates is not None else []
    found = [estimates.get(cell, _Found()) for cell in range(len(query.cells))]
    scored = np.bincount(tally.cell, tally.scored, len(query.cells))
    rows = [
        (
            _row(query, tally, cell, own, int(scored[cell]), costs, [gate[cell] for gate in gates]),
            own.to_baseline.p,
        )
        for cell, own in enumerate(found)
    ]
    return sorted(rows, key=lambda pair: order_key(pair[0].score), reverse=True)


def order_key(score: float | None) -> float:
    """Return what cells are ordered by, highest first; scores are tied that differ by nothing but rounding errors."""
    return -np.inf if score is None else round(score, 9)


@dataclass
class _Found:
    score: Estimate = NOTHING
    criteria: tuple[Estimate, ...] = ()
    rank: tuple[int, int] | None = None
    to_baseline: CellDifference = field(default_factory=CellDifference)
    n_scenarios: int = 0
    n_scenarios_missing: int = 0
    n_judges: int = 0
    marks: tuple[str, ...] = ()


def _estimates(query: RankingQuery, tally: Tally) -> dict[int, _Found]:
    """Return estimates by cell, for the cells that have any score."""
    got = fit_means(tally, query.rubric, query.policy)
    if got is None:
        return {}
    written = tally.texts[got.cells].sum(axis=1) > 0
    found = cell_levels(got, query.rubric, query.areas, written)
    entries = [_Found(score=own.score, criteria=own.criteria) for own in found]
    marks = [set(own.marks) for own in found]
    span = query.rubric.scale.high - query.rubric.scale.low
    for place, own in cell_differences(got, query.baseline, span, query.seed, simultaneous=query.simultaneous):
        entries[place].to_baseline = own
        marks[place] |= own.marks
    judges = np.zeros((len(entries), len(tally.judges)), bool)
    judges[got.cell, got.judge] = True
    for place, entry in enumerate(entries):
        entry.n_scenarios, entry.n_judges = int(got.design.shared[place, place]), int(judges[place].sum())
        entry.n_scenarios_missing = len(got.scenarios) - entry.n_scenarios
        if entry.score.score is not None and entry.n_scenarios < COVERAGE * len(got.scenarios):
            marks[place].add("other_scenarios")
        entry.marks = tuple(name for name in MARKS if name in marks[place])
    _set_ranks(query, got, entries)
    return dict(zip(got.cells.tolist(), entries, strict=True))


MARKS = (
    "near_ceiling",
    "crowded",
    "too_few",
    "all_equal",
    "other_scenarios",
    "uneven_judges",
    "not_estimable",
    "own_family",
)
"""In the order in which a row has them."""


def _set_ranks(query: RankingQuery, got: FittedMeans, entries: list[_Found]) -> None:
    """Set the ranks of the cells that have a score; one without an estimable score gets none."""
    scored = [place for place, entry in enumerate(entries) if entry.score.score is not None]
    for place, rank in rank_intervals(got.design, got.fit, scored, query.seed).items():
        entries[place].rank = rank


def _row(
    query: RankingQuery,
    tally: Tally,
    cell: int,
    found: _Found,
    scored: int,
    costs: Mapping[int, CellCosts],
    gates: Sequence[Estimate],
) -> LeaderboardRow:
    model, prompt = query.cells[cell]
    unscorable = int(tally.unscorable[cell].sum())
    pairs = int(tally.texts[cell].sum()) * len(tally.judges)
    coverage = scored / pairs if pairs else 0.0
    own = costs.get(cell, CellCosts())
    averaged = query.rubric.averaged_names
    criteria = dict(zip(averaged, found.criteria or (NOTHING,) * len(averaged), strict=True))
    criteria |= zip(query.rubric.gates, gates, strict=True)
    return LeaderboardRow(
        model=model,
        prompt=prompt,
        title=query.titles.get((model, prompt)),
        judge_kind=query.kind if found.score.score is not None else None,
        score=found.score.score,
        low=found.score.low,
        high=found.score.high,
        rank_low=found.rank[0] if found.rank else None,
        rank_high=found.rank[1] if found.rank else None,
        diff=found.to_baseline.diff.score,
        diff_low=found.to_baseline.diff.low,
        diff_high=found.to_baseline.diff.high,
        diff_sim_low=found.to_baseline.band.low,
        diff_sim_high=found.to_baseline.band.high,
        p_holm=found.to_baseline.p_holm,
        criteria={name: criteria[name] for name in query.rubric.names},
        n_scenarios=found.n_scenarios,
        n_scenarios_missing=found.n_scenarios_missing,
        n_judges=found.n_judges,
        n_scored=scored,
        n_pending=pairs - scored - unscorable,
        n_failed=int(tally.failed[cell].sum()),
        n_refused=int(tally.refused[cell].sum()),
        n_misconfigured=int(tally.misconfigured[cell].sum()),
        n_cut=int(tally.cut_off[cell].sum()),
        n_unscorable=unscorable,
        n_judge_failed=int(tally.without_score[cell].sum()) if tally.without_score is not None else 0,
        judge_noise=tally.noise(cell),
        coverage=coverage,
        provisional=coverage < COVERAGE,
        marks=(*found.marks, "own_family") if cell in query.own_family and scored else found.marks,
        mean_length=own.mean_length,
        tokens=own.tokens,
        cost_per_1k=own.cost_per_1k,
        latency_p50_ms=own.latency_p50_ms,
        latency_p95_ms=own.latency_p95_ms,
        data_hash=query.data_hash,
    )
