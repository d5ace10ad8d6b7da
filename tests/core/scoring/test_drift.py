"""The drift of a judge between its first and its second scores."""

import numpy as np
import pytest

from core.scoring.drift import drift


def test_with_one_item_a_scenario_it_is_the_paired_t_interval() -> None:
    """Of 1, 0, -1, 2, 1, 0 the mean is .5 and sd/√6 .4281744; t with 5 degrees of freedom is 2.570582."""
    found = drift(np.array([[1.0], [0.0], [-1.0], [2.0], [1.0], [0.0]]), np.arange(6))[0]
    assert (found.mean, found.n, found.n_scenarios) == (0.5, 6, 6)
    assert (found.low, found.high) == pytest.approx((0.5 - 2.570582 * 0.4281744, 0.5 + 2.570582 * 0.4281744), abs=1e-6)


def test_items_of_a_scenario_are_left_out_together() -> None:
    """By hand: scenario sums 2, 0, -1, 1, 0 of 2, 1, 1, 1, 1 items; leaving each out gives 0, .4, .6, .2, .4.

    These have the mean .32 and squared deviations .208 in all, so the variance is 4/5 · .208; t with 4 degrees of
    freedom is 2.776445.
    """
    differences = np.array([[1.0], [1.0], [0.0], [-1.0], [1.0], [0.0]])
    found = drift(differences, np.array([7, 7, 2, 3, 4, 5]))[0]
    reach = 2.776445 * np.sqrt(0.8 * 0.208)
    assert (found.n, found.n_scenarios) == (6, 5)
    assert (found.low, found.high) == pytest.approx((1 / 3 - reach, 1 / 3 + reach), abs=1e-6)


def test_columns_are_apart() -> None:
    """A criterion that did not move has no interval, another one its own; a constant shift only moves the mean."""
    values = np.array([1.0, 0.0, 2.0, 0.0, 1.0])
    still, moved, shifted = drift(np.column_stack([np.zeros(5), values, values + 1]), np.arange(5))
    assert (still.mean, still.low, still.high) == (0, None, None)
    assert moved.low is not None
    assert shifted.low == pytest.approx(moved.low + 1)


def test_few_scenarios_give_no_interval() -> None:
    """The point is kept."""
    found = drift(np.array([[1.0]] * 3 + [[0.0]] * 5), np.array([0, 0, 1, 1, 2, 2, 3, 3]))[0]
    assert (found.mean, found.low, found.high, found.n, found.n_scenarios) == (0.375, None, None, 8, 4)
