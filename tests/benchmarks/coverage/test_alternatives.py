"""A small run of the table of other methods for differences that crowd."""

import pytest

from benchmarks.coverage.__main__ import alternatives_lines
from benchmarks.coverage.alternatives import METHODS, alternatives
from benchmarks.coverage.differences import coverage
from benchmarks.coverage.populations import ceiling, crowded, gaussian, zero_or_one


def test_the_first_and_the_last_method_are_those_of_the_leaderboard() -> None:
    """Of two cells the one pair is covered as often, and as wide beside t, as in the table of differences."""
    found, expected = alternatives(ceiling(0.95), 24, 60), coverage(ceiling(0.95), 24, 60)
    assert found[0][1] == pytest.approx(1.0)
    assert found[-1][0] <= expected.covered.min()
    assert found[-1][1] >= expected.width.max() * (1 - 1e-9)


def test_resamples_of_what_was_seen_say_nothing_of_what_was_not() -> None:
    """Both bootstraps fail with t where win probabilities crowd at 0; what knows the scale holds."""
    of_t, bootstrap, symmetric, of_levels, larger, joined = (covered for covered, _ in alternatives(crowded, 24, 100))
    assert max(of_t, bootstrap, symmetric) < 0.5
    assert min(of_levels, larger, joined) > 0.85


def test_in_the_middle_of_the_scale_all_methods_come_near_t() -> None:
    """With 40 scenarios no method is a tenth wider than t."""
    assert max(wider for _, wider in alternatives(gaussian, 40, 60)) < 1.1


def test_passes_and_failures_without_any_spread_are_left_out() -> None:
    """Cells of equal scores have no interval by any method, and the others are counted."""
    assert all(covered > 0.5 for covered, _ in alternatives(zero_or_one, 12, 60))


def test_every_row_of_the_table_can_be_printed() -> None:
    """A run of two experiments a row: the population, its scenarios and every method."""
    rows = list(alternatives_lines(20))
    assert len(rows) == 8
    assert {row.count("|") for row in rows} == {len(METHODS) + 3}
