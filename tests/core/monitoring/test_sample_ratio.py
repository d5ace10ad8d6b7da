"""Users dealt as planned or not, by Pearson's test as SciPy has it."""

import numpy as np
import pytest
import scipy.stats

from core.monitoring.sample_ratio import ratio_differs, sample_ratio_p


def test_the_p_is_pearsons() -> None:
    """For two parts and for more; 1 before anybody was dealt."""
    for dealt, shares in (([520, 480], [0.5, 0.5]), ([80, 110, 810], [0.1, 0.1, 0.8])):
        expected = scipy.stats.chisquare(dealt, np.array(shares) * sum(dealt)).pvalue
        assert sample_ratio_p(np.array(dealt), np.array(shares)) == pytest.approx(float(expected))
    assert sample_ratio_p(np.array([0, 0]), np.array([0.5, 0.5])) == 1.0


def test_a_ratio_that_surely_differs_is_refused() -> None:
    """Below a thousandth, with both ratios in words."""
    halves = np.array([0.5, 0.5])
    assert ratio_differs(np.array([5_160, 4_840]), halves) is None
    said = str(ratio_differs(np.array([5_170, 4_830]), halves))
    assert "51.7% : 48.3% and not 50.0% : 50.0%" in said


@pytest.mark.parametrize("shares", [[1.0], [0.5, 0.4], [0.0, 1.0], [1.5, -0.5]])
def test_shares_that_are_no_plan_are_refused(shares: list[float]) -> None:
    """A part without users is none."""
    with pytest.raises(ValueError, match="sum to 1"):
        sample_ratio_p(np.ones(len(shares), np.int64), np.array(shares))
