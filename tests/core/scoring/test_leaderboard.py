"""The leaderboard's rows: policies, marks, counts and orders on small tallies."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import stdtrit

from core.judging.rubric import Criterion, Rubric, Scale
from core.scoring.leaderboard import CellCosts, RankingQuery, leaderboard
from core.scoring.leaderboard_row import LeaderboardRow
from core.scoring.tally import Tally

RUBRIC = Rubric("r", "1", Scale(1, 5), (Criterion("a", "first", 1.0), Criterion("b", "second", 3.0)))
CELLS = [("m0", "p"), ("m1", "p"), ("m2", "p")]
QUERY = RankingQuery(
    cells=CELLS,
    rubric=RUBRIC,
    policy="worst",
    kind="human",
    baseline=0,
    areas=None,
    seed=0,
    data_hash="hash",
)


def _tally(values: Any, *, failed: Any = None, judges: int = 1) -> Tally:
    """A tally of one tip a (cell, scenario) with values (cells, scenarios, judges), nan where nobody scored."""
    values = np.asarray(values, float).reshape(len(values), -1, judges)
    cell, scenario, judge = np.nonzero(~np.isnan(values))
    y = values[cell, scenario, judge]
    shape = values.shape[:2]
    none = np.zeros(shape, int)
    missed = none if failed is None else np.asarray(failed, int)
    return Tally(
        cell=cell,
        scenario=scenario,
        judge=judge,
        scored=np.ones(len(cell), int),
        sums=np.column_stack([y, y]),
        unscorable=none,
        texts=1 - missed,
        failed=missed,
        refused=none,
        misconfigured=none,
        cut_off=none,
        judges=tuple(f"j{number}" for number in range(judges)),
    )


def _noise(seed: int, shape: tuple[int, ...]) -> Any:
    return np.clip(3 + np.random.default_rng(seed).normal(0, 0.7, shape), 1, 5)


def _by_model(rows: list[LeaderboardRow]) -> dict[str, LeaderboardRow]:
    return {row.model: row for row in rows}


def test_nobody_has_scored() -> None:
    """Without scores there is a row a cell with nulls, pending counts and coverage 0."""
    rows = leaderboard(QUERY, _tally(np.full((3, 8, 1), np.nan)), {})
    assert [row.model for row in rows] == ["m0", "m1", "m2"]
    for row in rows:
        assert (row.score, row.low, row.rank_low, row.diff, row.judge_kind) == (None, None, None, None, None)
        assert (row.n_pending, row.coverage, row.provisional, row.marks) == (8, 0.0, True, ())


def test_scores_are_means_in_rubric_units_best_first() -> None:
    """The score is the mean of scenario means, the order falls, the baseline has no difference of its own."""
    values = _noise(0, (3, 8, 1)) / 2 + 1.5 + np.array([0, 0.9, -0.9])[:, None, None]
    rows = leaderboard(QUERY, _tally(values), {0: CellCosts(mean_length=12.0)})
    assert [row.model for row in rows] == ["m1", "m0", "m2"]
    found = _by_model(rows)
    for number, name in enumerate(["m0", "m1", "m2"]):
        assert found[name].score == pytest.approx(values[number].mean())
    assert (found["m0"].diff, found["m0"].p_holm, found["m0"].diff_low) == (None, None, None)
    assert found["m1"].diff == pytest.approx(values[1].mean() - values[0].mean())
    assert found["m0"].mean_length == 12.0
    assert found["m1"].mean_length is None
    low, high = found["m1"].diff_sim_low, found["m1"].diff_sim_high
    assert low is not None
    assert high is not None
    assert found["m1"].diff_low is not None
    assert low < found["m1"].diff_low


def test_weights_make_the_composite_and_each_criterion_is_shown() -> None:
    """The score is Σ weight·value / Σ weight; a criterion's own level stands beside it."""
    tally = _tally(_noise(1, (3, 8, 1)))
    tally = replace(tally, sums=np.column_stack([tally.sums[:, 0], np.full(len(tally.cell), 2.0)]))
    row = _by_model(leaderboard(QUERY, tally, {}))["m0"]
    first = row.criteria["a"].score
    assert first is not None
    assert row.score == pytest.approx((first + 3 * 2.0) / 4)
    assert row.criteria["b"].score == pytest.approx(2.0)
    assert row.criteria["b"].low is None


def test_a_failure_counts_as_the_low_once_a_judge_has_scored_that_scenario() -> None:
    """Under worst a failed tip is the scale's low; under excluded it is left out."""
    values = _noise(2, (3, 8, 1))
    values[1, 0] = np.nan
    failed = np.zeros((3, 8), int)
    failed[1, 0] = 1
    tally = _tally(values, failed=failed)
    worst = _by_model(leaderboard(QUERY, tally, {}))["m1"]
    assert worst.score == pytest.approx((np.nansum(values[1]) + 1) / 8)
    assert (worst.n_failed, worst.n_scored, worst.coverage, worst.n_scenarios) == (1, 7, 1.0, 8)
    excluded = _by_model(leaderboard(replace(QUERY, policy="excluded"), tally, {}))["m1"]
    assert excluded.n_scenarios == 7
    assert excluded.score is not None
    assert excluded.score > worst.score  # type: ignore[operator]  # shown not to be None by the comparison above


def test_a_failure_waits_where_no_judge_has_scored_the_scenario() -> None:
    """A scenario that nobody scored in any cell brings no low."""
    values = _noise(3, (3, 8, 1))
    values[:, 0] = np.nan
    failed = np.zeros((3, 8), int)
    failed[1, 0] = 1
    row = _by_model(leaderboard(QUERY, _tally(values, failed=failed), {}))["m1"]
    assert row.n_scenarios == 7
    assert row.score == pytest.approx(np.nanmean(values[1]))


def test_a_cell_with_only_failures_has_the_low_and_no_interval() -> None:
    """The score of a cell without any text is the scale's low."""
    values = _noise(4, (3, 8, 1))
    values[2] = np.nan
    failed = np.zeros((3, 8), int)
    failed[2] = 1
    row = _by_model(leaderboard(QUERY, _tally(values, failed=failed), {}))["m2"]
    assert (row.score, row.low, row.high) == (1.0, None, None)
    assert (row.n_failed, row.coverage, row.rank_low) == (8, 0.0, 3)


def test_marks_say_why_there_is_no_interval() -> None:
    """Few scenarios, equal scores and the ceiling are each named."""
    few = leaderboard(QUERY, _tally(_noise(5, (3, 4, 1))), {})
    assert all(row.marks == ("too_few",) and row.low is None and row.score is not None for row in few)
    values = _noise(6, (3, 8, 1))
    values[0] = 3.0
    equal = _by_model(leaderboard(QUERY, _tally(values), {}))["m0"]
    assert equal.marks == ("all_equal",)
    assert equal.score == pytest.approx(3.0, rel=1e-14)  # the last bit is the processor's
    assert equal.low is None
    values[1, :5] = 5.0
    assert "near_ceiling" in _by_model(leaderboard(QUERY, _tally(values), {}))["m1"].marks


def test_a_cell_scored_in_four_scenarios_has_no_interval_and_is_told_apart_from_none() -> None:
    """Its own noise is not in the error of the difference, however many scenarios the others have; with five it is."""
    values = _noise(6, (3, 24, 1))
    values[0] = np.clip(values[0] + 1.5, 1, 5)
    values[2] = np.clip(values[2] - 1.5, 1, 5)
    for n_scenarios, enough in [(1, False), (4, False), (5, True)]:
        sparse = values.copy()
        sparse[2, n_scenarios:] = np.nan
        row = _by_model(leaderboard(replace(QUERY, baseline=1), _tally(sparse), {}))
        assert ("too_few" in row["m2"].marks) is not enough
        assert row["m2"].diff is not None
        assert [known is not None for known in (row["m2"].diff_low, row["m2"].diff_sim_low, row["m2"].p_holm)] == (
            [enough] * 3
        )
        assert (row["m0"].rank_high, row["m2"].rank_low) == ((1, 3) if enough else (2, 1))
        assert row["m0"].diff_low is not None


def test_disconnected_judges_are_not_estimable() -> None:
    """Judges who share neither cells nor scenarios give null scores and a mark, not a number."""
    values = np.full((3, 8, 2), np.nan)
    values[0, :4, 0] = _noise(7, (4,))
    values[1, 4:, 1] = _noise(8, (4,))
    rows = _by_model(leaderboard(QUERY, _tally(values, judges=2), {}))
    assert rows["m0"].score is None
    assert rows["m0"].marks == ("not_estimable",)
    assert rows["m0"].rank_low is None


def test_a_cell_that_rests_on_other_scenarios_stays_on_the_scale_and_is_marked() -> None:
    """It failed where the other found it easy: under `excluded` it would come to 6.1 on a scale that ends at 5."""
    values = np.full((3, 20, 1), np.nan)
    values[0, :10, 0], values[0, 10:, 0] = np.linspace(1.8, 2.5, 10), np.linspace(4.2, 4.6, 10)
    values[1, :10, 0] = np.linspace(3.8, 4.7, 10)
    failed = np.zeros((3, 20), int)
    failed[1, 10:] = 1
    query = replace(QUERY, policy="excluded")
    rows = _by_model(leaderboard(query, _tally(values, failed=failed), {}))
    row = rows["m1"]
    assert row.score == pytest.approx((values[1, :10].mean() + 5.0) / 2)
    limits = [value for value in (row.low, row.score, row.high) if value is not None]
    assert len(limits) == 3
    assert [1.0, *limits, 5.0] == sorted([1.0, *limits, 5.0])
    assert row.diff == pytest.approx(np.mean(values[1, :10] - values[0, :10]))
    # 4.6 on ten scenarios is so near the top that n·p·(1 - p) is under 1.
    assert row.marks == ("near_ceiling", "crowded", "other_scenarios")
    assert (row.n_scenarios, row.n_scenarios_missing) == (10, 10)
    assert (rows["m0"].marks, rows["m0"].n_scenarios_missing) == ((), 0)


def test_limits_end_where_the_scale_ends() -> None:
    """Scores near an end give an interval, a difference and a band that stop at it."""
    values = np.full((3, 8, 1), 5.0)
    values[0, 0], values[1, :4] = 1.0, 1.0
    values[2] = 1.0
    values[2, 0] = 5.0
    for row in leaderboard(QUERY, _tally(values), {}):
        known = [value for value in (row.score, row.low, row.high) if value is not None]
        assert all(1 <= value <= 5 for value in known)
        limits = (row.diff, row.diff_low, row.diff_high, row.diff_sim_low, row.diff_sim_high)
        assert all(abs(value) <= 4 for value in limits if value is not None)
    assert max(row.high or 0 for row in leaderboard(QUERY, _tally(values), {})) == 5.0


def test_a_judge_who_scored_one_cell_only_is_said() -> None:
    """A lenient judge at the top for one cell and a harsh one for all: the level ends at the top, with a mark."""
    values = np.full((2, 8, 2), np.nan)
    values[0, :, 0], values[0, :, 1] = 3.0, 5.0
    values[1, :, 0] = 5.0
    values[:, :, 0] -= np.abs(_noise(9, (2, 8))) / 10
    query = replace(QUERY, cells=CELLS[:2])
    row = _by_model(leaderboard(query, _tally(values, judges=2), {}))["m1"]
    assert row.score == 5.0
    assert row.marks == ("near_ceiling", "crowded", "uneven_judges")


def test_judges_who_like_other_cells_and_saw_other_parts_are_said_and_widen_the_level() -> None:
    """With judge × cell effects of a point and three judges unevenly crossed every level is wider than by t, marked."""
    rng = np.random.default_rng(11)
    values = _noise(11, (3, 40, 3)) / 4 + 2.25 + rng.normal(0, 0.6, (3, 1, 3))
    even = _by_model(leaderboard(QUERY, _tally(values, judges=3), {}))
    seen = rng.random(values.shape) < np.array([[0.9, 0.6, 0.3], [0.6, 0.3, 0.9], [0.3, 0.9, 0.6]])[:, None, :]
    uneven = _by_model(leaderboard(QUERY, _tally(np.where(seen, values, np.nan), judges=3), {}))
    for name in even:
        assert even[name].marks == ()
        assert uneven[name].marks == ("uneven_judges",)
        widths = [row.high - row.low for row in (even[name], uneven[name]) if row.high and row.low]
        assert widths[1] > 2 * widths[0]


@settings(derandomize=True, max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), keep=st.floats(0.4, 1.0), judges=st.integers(1, 3))
def test_intervals_hold_their_points_and_ranks_their_cells(seed: int, keep: float, judges: int) -> None:
    """Low <= score <= high, the single band lies within the simultaneous one, ranks lie from 1 to the scored cells."""
    rng = np.random.default_rng(seed)
    values = _noise(seed, (3, 10, judges))
    values[rng.random(values.shape) > keep] = np.nan
    rows = leaderboard(QUERY, _tally(values, judges=judges), {})
    scored = [row for row in rows if row.score is not None]
    assert [row.score for row in scored] == sorted((row.score for row in scored if row.score is not None), reverse=True)
    for row in rows:
        assert row.n_scored + row.n_pending + row.n_unscorable == 10 * judges
        assert 0 <= row.coverage <= 1
        if row.low is not None:
            assert row.low <= row.score <= row.high  # type: ignore[operator]  # all three are numbers or none is
        if row.diff_sim_low is not None:
            assert row.diff_sim_low <= row.diff_low + 1e-9  # type: ignore[operator]  # the same
        if row.rank_low is not None:
            assert 1 <= row.rank_low <= row.rank_high <= len(scored)  # type: ignore[operator]  # the same


def test_a_lenient_judge_moves_levels_and_neither_differences_nor_ranks() -> None:
    """A constant added to one of two judges moves each level by half of it."""
    values = _noise(9, (3, 10, 2)) / 2
    plain = _by_model(leaderboard(QUERY, _tally(values, judges=2), {}))
    moved = _by_model(leaderboard(QUERY, _tally(values + np.array([0, 1.0]), judges=2), {}))
    for name, row in plain.items():
        assert moved[name].score == pytest.approx(row.score + 0.5)  # type: ignore[operator]  # scored
        assert moved[name].diff == pytest.approx(row.diff) or row.diff is None
        assert (moved[name].rank_low, moved[name].rank_high) == (row.rank_low, row.rank_high)


def test_areas_are_those_of_all_drawn_scenarios() -> None:
    """Scenarios that nobody scored keep their place in their areas: a level's df goes by the drawn ones."""
    values = _noise(10, (3, 16, 1))
    areas = np.repeat(np.arange(4), 4)
    whole = _by_model(leaderboard(replace(QUERY, areas=areas), _tally(values), {}))["m0"]
    values[:, 8:] = np.nan
    sparse = _by_model(leaderboard(replace(QUERY, areas=areas), _tally(values), {}))["m0"]
    assert whole.low is not None
    assert sparse.n_scenarios == 8
    psi = np.zeros(16)
    psi[:8] = (values[0, :8, 0] - values[0, :8, 0].mean()) / 8
    se = np.sqrt(sum(4 * psi[areas == area].var(ddof=1) for area in range(4)))
    assert sparse.low == pytest.approx(values[0, :8, 0].mean() - stdtrit(8 - 4, 0.975) * se)
