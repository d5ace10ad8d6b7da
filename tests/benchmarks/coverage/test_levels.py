"""A small run of the coverage table, and its closed forms against the leaderboard's own code."""

import numpy as np
import pytest

from benchmarks.coverage.__main__ import line, table
from benchmarks.coverage.levels import by_closed_form, by_least_squares, coverage
from benchmarks.coverage.populations import (
    Population,
    by_area,
    ceiling,
    crowded,
    five_points,
    five_points_high,
    gaussian,
    zero_or_one,
)


@pytest.mark.parametrize("population", [five_points, by_area, crowded, ceiling(0.95), zero_or_one])
def test_the_closed_forms_are_the_leaderboards_numbers(population: Population) -> None:
    """On complete data both ways give equal limits and marks, none where all scores are equal."""
    drawn = population(np.random.default_rng(1), 12, 20)
    fast, slow = by_closed_form(drawn), by_least_squares(drawn)
    for name in ("low", "high", "t_low", "t_high"):
        assert getattr(fast, name) == pytest.approx(getattr(slow, name), abs=1e-9, nan_ok=True)
    assert np.array_equal(fast.marked, slow.marked)


@pytest.mark.parametrize("scenarios", [24, 60])
@pytest.mark.parametrize("population", [crowded, ceiling(0.8), ceiling(0.95), zero_or_one])
def test_crowded_scores_are_covered_where_t_fails(population: Population, scenarios: int) -> None:
    """Every cell has at least 93 %, four Monte Carlo errors aside; t has less, and is never better."""
    found = coverage(population, scenarios, 2_000)
    assert (found.covered > 0.93 - 4 * np.sqrt(0.93 * 0.07 / 2_000)).all()
    assert (found.by_t * (1 - found.none)).min() < 0.92
    assert (found.covered >= found.by_t).all()


def test_scores_that_do_not_crowd_are_covered_as_by_t_and_no_wider() -> None:
    """In the middle of the scale an interval is at most a twentieth wider with ten scenarios, and that of t with 30."""
    for scenarios, wider in ((10, 1.06), (30, 1.01)):
        for population in (gaussian, five_points):
            found = coverage(population, scenarios, 2_000)
            assert np.abs(found.covered - 0.95).max() < 0.015 + 4 * np.sqrt(0.95 * 0.05 / 2_000)
            assert found.width.max() < wider


def test_ten_scenarios_near_the_top_are_not_covered_far_more_often_than_stated() -> None:
    """30 to 60 % of the scores at the top: 93.5 to 96.5 %, four errors aside, at under 1.15 times the width of t."""
    found = coverage(five_points_high, 10, 2_000)
    assert np.abs(found.covered - 0.95).max() < 0.015 + 4 * np.sqrt(0.95 * 0.05 / 2_000)
    assert found.width.max() < 1.15


def test_cells_without_an_interval_are_counted_apart() -> None:
    """95 % at the top: with 12 scenarios .95^12 of the samples hold nothing else."""
    found = coverage(ceiling(0.95), 12, 2_000)
    assert found.none == pytest.approx(np.full(3, 0.95**12), abs=0.04)
    assert found.below + found.above + found.covered == pytest.approx(np.ones(3))


def test_every_row_of_the_table_can_be_printed() -> None:
    """A run of twenty: every population and size has a row of ten columns."""
    rows = [line(*row) for row in table(20)]
    assert len(rows) == 4 * 3 + 4 * 4 + 10 * 3
    assert {row.count("|") for row in rows} == {11}
