"""A small run of the coverage table of differences, and of rank intervals as scenarios are added."""

import numpy as np
import pytest

from benchmarks.coverage.__main__ import differences_lines
from benchmarks.coverage.differences import coverage, widened
from benchmarks.coverage.populations import Population, ceiling, crowded, gaussian

RUNS = 150


@pytest.mark.parametrize("population", [crowded, ceiling(0.95)])
def test_crowded_differences_are_covered_where_t_fails(population: Population) -> None:
    """Every difference to the first cell has at least 93 % and both families 94 %, three Monte Carlo errors aside."""
    found = coverage(population, 24, RUNS)
    assert found.by_t.min() < 0.85
    assert (found.covered > 0.93 - 3 * np.sqrt(0.93 * 0.07 / RUNS)).all()
    assert min(found.band, found.all_pairs) > 0.94 - 3 * np.sqrt(0.94 * 0.06 / RUNS)


def test_differences_that_do_not_crowd_are_those_of_t() -> None:
    """In the middle of the scale, with 30 scenarios, no interval is a hundredth wider."""
    found = coverage(gaussian, 30, RUNS)
    assert found.width.max() < 1.01
    assert (found.covered >= found.by_t).all()


def test_of_ten_scenarios_small_differences_in_the_middle_of_the_scale_are_no_15_percent_wider_than_t() -> None:
    """Scores that use a small part of the scale differ by little everywhere, not by much in a few scenarios."""
    assert coverage(gaussian, 10, RUNS).width.max() < 1.15


def test_more_scenarios_do_not_destroy_ranks() -> None:
    """Of the steps from 20 to 100 scenarios at most a twentieth widens a rank interval by more than one rank."""
    share, steps = widened(crowded, 3)
    assert steps == 3 * 8 * 8
    assert share <= 0.05


def test_every_row_of_the_table_can_be_printed() -> None:
    """A run of two experiments a row: nine columns and the population's name."""
    rows = list(differences_lines(20))
    assert len(rows) == 4 * 4 + 4 * 3 + 6 * 2
    assert {row.count("|") for row in rows} == {11}
