"""Slices and criteria with p adjusted within their table, against plain paired t tests."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.stats import ttest_rel

from core.judging.rubric import Criterion, Rubric, Scale
from core.scoring.exploratory import criterion_differences, slice_rows
from core.scoring.leaderboard import RankingQuery, rows_with_p
from core.scoring.tally import Tally
from tests.core.scoring.tallies import scored_tally

RUBRIC = Rubric("r", "1", Scale(1, 5), (Criterion("a", "first", 1.0), Criterion("b", "second", 3.0)))
CELLS = [("m0", "p"), ("m1", "p"), ("m2", "p")]
QUERY = RankingQuery(
    cells=CELLS, rubric=RUBRIC, policy="worst", kind="human", baseline=1, areas=None, seed=0, data_hash="hash"
)  # fmt: skip
N = 24


def _values(seed: int) -> Any:
    """Values (cells, scenarios, criteria) on the scale, the cells apart."""
    effects = np.array([[0.0, 0.0], [0.3, 0.1], [0.1, 0.5]])
    return np.clip(3 + effects[:, None, :] + np.random.default_rng(seed).normal(0, 0.6, (3, N, 2)), 1, 5)


def _tally(values: Any) -> Tally:
    cell, scenario = np.nonzero(np.ones(values.shape[:2], bool))
    judge = np.zeros(len(cell), int)
    return scored_tally(values.shape[:2], cell, scenario, judge, values[cell, scenario], ("anna",))


def _adjusted(p: dict[Any, float]) -> dict[Any, float]:
    """Benjamini and Hochberg by their definition: the least p_j m / rank_j over all j that are no smaller."""
    return {
        key: min(1.0, *(own * len(p) / sum(other <= own for other in p.values()) for own in p.values() if own >= value))
        for key, value in p.items()
    }


def test_slices_are_adjusted_over_their_whole_table() -> None:
    """p_bh is over all cells and values of the slice; p_holm and the simultaneous band stay null."""
    values = _values(0)
    tally, query = _tally(values), replace(QUERY, simultaneous=False)
    composite = (values[..., 0] + 3 * values[..., 1]) / 4
    inside = {"home": np.arange(0, 10), "work": np.arange(10, 21), None: np.arange(21, 24)}
    rows = slice_rows("area", [(value, rows_with_p(query, tally.within(own), {})) for value, own in inside.items()])
    expected = _adjusted(
        {
            (CELLS[cell][0], value): float(ttest_rel(composite[cell, own], composite[1, own]).pvalue)
            for cell in (0, 2)
            for value, own in inside.items()
            if len(own) > 4
        }
    )
    assert len(rows) == 9
    for row in rows:
        wanted = expected.get((row.model, row.slice_value))
        assert row.p_bh == (None if wanted is None else pytest.approx(wanted))
        assert (row.slice, row.p_holm, row.diff_sim_low, row.diff_sim_high) == ("area", None, None, None)
    assert sum(row.p_bh is not None for row in rows) == 4


def test_criteria_are_adjusted_over_all_cells_and_criteria() -> None:
    """Each criterion's difference is the paired one in rubric units, its p adjusted over the table."""
    values = _values(1)
    found = criterion_differences(QUERY, _tally(values))
    expected = _adjusted(
        {
            (CELLS[cell][0], "ab"[q]): float(ttest_rel(values[cell, :, q], values[1, :, q]).pvalue)
            for cell in (0, 2)
            for q in (0, 1)
        }
    )
    assert [(own.criterion, own.model) for own in found] == [("a", "m0"), ("a", "m2"), ("b", "m0"), ("b", "m2")]
    for own in found:
        cell, q = int(own.model[1]), "ab".index(own.criterion)
        assert own.diff == pytest.approx(values[cell, :, q].mean() - values[1, :, q].mean())
        assert own.p_bh == pytest.approx(expected[own.model, own.criterion])


def test_without_scores_or_baseline_there_is_nothing_to_compare() -> None:
    """Nobody has scored, or not the baseline: no criteria and no p."""
    tally = _tally(_values(2))
    empty = tally.within(np.array([], int))
    assert criterion_differences(QUERY, empty) == []
    others = tally.cell != 1
    part = replace(
        tally,
        cell=tally.cell[others],
        scenario=tally.scenario[others],
        judge=tally.judge[others],
        scored=tally.scored[others],
        sums=tally.sums[others],
    )
    assert criterion_differences(QUERY, part) == []
    assert all(row.p_bh is None for row in slice_rows("area", [("home", rows_with_p(QUERY, part, {}))]))
