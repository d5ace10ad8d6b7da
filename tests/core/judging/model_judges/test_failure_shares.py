"""Shares of tips that model judges leave without a score."""

import numpy as np
import pytest
from scipy.stats import fisher_exact

from core.judging.model_judges.failure_shares import fisher_p, judge_failures


@pytest.mark.parametrize("table", [(0, 40, 9, 40), (3, 30, 3, 30), (1, 5, 4, 6), (0, 10, 0, 10), (12, 200, 30, 220)])
def test_the_p_is_that_of_scipy(table: tuple[int, int, int, int]) -> None:
    """Of the same two by two table, two-sided."""
    bad, total, other, other_total = table
    expected = fisher_exact(np.array([[bad, total - bad], [other, other_total - other]])).pvalue
    assert fisher_p(*table) == pytest.approx(expected, rel=1e-9)


def test_many_without_a_score_are_an_error() -> None:
    """Over a twentieth of a judge's tips, whatever the cells."""
    found = judge_failures({"luna": {"m/a": (6, 60), "m/b": (1, 60)}})
    assert (found.passed, found.severity) == (False, "error")
    assert "judge luna left 7 of 120 tips without a score" in found.message


def test_a_cell_that_is_harder_to_judge_is_a_warning() -> None:
    """Few in all, and nearly all of them in one cell."""
    found = judge_failures({"luna": {"m/a": (12, 150), "m/b": (0, 150), "m/c": (1, 150)}})
    assert (found.passed, found.severity) == (False, "warning")
    assert "8% of m/a and 0% of m/b" in found.message


@pytest.mark.parametrize("cells", [{}, {"m/a": (0, 0)}, {"m/a": (2, 60), "m/b": (0, 60)}])
def test_few_and_alike_pass(cells: dict[str, tuple[int, int]]) -> None:
    """So does a judge that left none, or has finished nothing."""
    assert judge_failures({"luna": cells}).passed
