"""Two judges side by side, against counts made by hand."""

import numpy as np
import pytest

from core.judging.agreement import agreement

NAN = float("nan")


def test_it_counts_what_both_have_scored() -> None:
    """Equal, one apart and further apart; a tip that one of them left out is in no share."""
    found = agreement(np.array([1, 2, 3, NAN, 5.0]), np.array([1, 3, 5, 4, NAN]))
    assert found == pytest.approx((3, 1 / 3, 2 / 3, 1.0))


def test_nothing_in_common_is_no_agreement() -> None:
    """None, and not a share of nothing."""
    assert agreement(np.array([1.0, NAN]), np.array([NAN, 2.0])) is None


def test_the_difference_has_the_sign_of_the_second() -> None:
    """Swapped, the shares stay and the difference turns."""
    one, other = np.array([4.0, 4.5, 2.0]), np.array([3.0, 4.5, 1.0])
    assert agreement(one, other) == pytest.approx((3, 1 / 3, 1.0, -2 / 3))
    assert agreement(other, one) == pytest.approx((3, 1 / 3, 1.0, 2 / 3))


def test_yes_and_no_are_never_adjacent() -> None:
    """Within nothing, only equal values are."""
    assert agreement(np.array([1.0, 0.0]), np.array([1.0, 1.0]), adjacent_within=0.0) == pytest.approx(
        (2, 0.5, 0.5, 0.5)
    )
