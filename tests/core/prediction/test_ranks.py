"""Rank correlation against SciPy, its interval against the published formula."""

import math

import numpy as np
import pytest
import scipy.stats

from core.prediction.ranks import mean_ranks, spearman, spearman_limits


def test_ranks_and_correlation_are_those_of_scipy() -> None:
    """With ties and without."""
    rng = np.random.default_rng(1)
    for most in (3, 1_000):
        one, other = rng.integers(0, most, 30).astype(float), rng.integers(0, most, 30).astype(float)
        assert mean_ranks(one).tolist() == scipy.stats.rankdata(one).tolist()
        assert spearman(one, other) == pytest.approx(float(scipy.stats.spearmanr(one, other).statistic))


def test_equal_values_have_no_correlation() -> None:
    """It is not a number, and no 0."""
    assert math.isnan(spearman(np.ones(5), np.arange(5.0)))


def test_the_interval_is_bonetts_and_wrights() -> None:
    """Of .7 over 8 cells it reaches below 0, as it must be said before serving."""
    low, high = spearman_limits(0.7, 8)
    half = 1.959963985 * math.sqrt((1 + 0.49 / 2) / 5)
    assert (low, high) == pytest.approx((math.tanh(math.atanh(0.7) - half), math.tanh(math.atanh(0.7) + half)))
    assert low < 0 < high
    assert spearman_limits(-0.7, 8) == pytest.approx((-high, -low))


def test_a_perfect_order_is_no_certainty() -> None:
    """It has the interval of one exchange of neighbours."""
    one, other = np.arange(8.0), np.array([1.0, 0, 2, 3, 4, 5, 6, 7])
    assert spearman_limits(1.0, 8) == spearman_limits(spearman(one, other), 8)
