"""Differences to the baseline in rubric units, on data that crowd at an end of the scale."""

import numpy as np
import pytest

from core.estimate.crowded_differences import agresti_min
from core.estimate.design import Floats, fit, make_design
from core.scoring.cell_differences import CellDifference, cell_differences
from core.scoring.fitted_means import FittedMeans
from tests.core.crowded_scores import crowded

SPAN = 4.0


def _of(y: Floats, baseline: int = 0) -> dict[int, CellDifference]:
    """The differences of (cells, scenarios) scores from 0 to 1 to the baseline on a scale of length 4."""
    cell, scenario = (code.ravel() for code in np.indices(y.shape))
    judge = np.zeros(y.size, np.int64)
    design = make_design(cell, scenario, judge)
    response = y.reshape(-1, 1)
    got = FittedMeans(
        np.unique(cell), np.unique(scenario), cell, scenario, judge, response, design, fit(design, response)
    )
    return dict(cell_differences(got, baseline, SPAN, 0, simultaneous=True))


def test_a_difference_seen_once_has_the_limits_of_two_pseudo_scenarios_and_is_marked() -> None:
    """.2 of the scale in one of 24 scenarios: Agresti and Min's limits in rubric units, and alone its own family."""
    y = np.zeros((2, 24))
    y[1, 3] = 0.2
    (found,) = _of(y).values()
    low, high = agresti_min(np.array([0.2]), np.array([0.0]), np.array([24.0]))
    assert found.diff.score == pytest.approx(SPAN * 0.2 / 24)
    assert (found.diff.low, found.diff.high) == pytest.approx((SPAN * low[0], SPAN * high[0]))
    assert (found.band.low, found.band.high) == pytest.approx((found.diff.low, found.diff.high))
    assert found.marks == {"crowded"}
    assert found.p is not None
    assert found.p > 0.05


def test_a_difference_in_the_middle_of_the_scale_is_not_marked() -> None:
    """Two cells with normal scores."""
    (found,) = _of(np.random.default_rng(1).normal(0.5, 0.15, (2, 60))).values()
    assert found.marks == frozenset()


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("scenarios", [8, 24, 40])
def test_p_agrees_with_the_interval_and_no_limit_leaves_the_scale(scenarios: int, seed: int) -> None:
    """Eight crowded cells: p < .05 where the interval excludes 0, the band holds the interval, both within ±4."""
    for found in _of(crowded(scenarios, seed)[2].reshape(scenarios, 8).T, baseline=7).values():
        limits = (found.band.low, found.diff.low, found.diff.score, found.diff.high, found.band.high)
        numbers = [value for value in limits if value is not None]
        assert len(numbers) == 5
        assert numbers == sorted(numbers)
        assert numbers[0] >= -SPAN
        assert numbers[-1] <= SPAN
        assert found.p is not None
        assert (found.p < 0.05) == (numbers[1] > 0 or numbers[3] < 0)
