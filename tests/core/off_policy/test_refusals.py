"""Each rule of refusal at its limit, with what it says."""

import numpy as np
import pytest
import scipy.stats

from core.off_policy import refusals
from core.off_policy.intervals import ClusteredError
from core.off_policy.refusals import MINIMUM_ESS, MINIMUM_USERS, MOST_SKEWED


def test_the_effective_size_is_kishs() -> None:
    """Equal weights count all, one that carries everything counts one, none counts none."""
    assert refusals.effective_size(np.full(7, 0.3)) == pytest.approx(7)
    assert refusals.effective_size(np.array([0.0, 5.0, 0.0])) == pytest.approx(1)
    assert refusals.effective_size(np.array([1.0, 3.0])) == pytest.approx(16 / 10)
    assert refusals.effective_size(np.zeros(3)) == 0.0


def test_shares_shown_are_compared_by_pearsons_test() -> None:
    """As SciPy computes it for the table of shown and not shown."""
    decided, shown = np.array([400, 300, 300]), np.array([350, 240, 270])
    table = np.array([shown, decided - shown])
    assert refusals.shown_share_p(decided, shown) == pytest.approx(
        scipy.stats.chi2_contingency(table, correction=False).pvalue
    )


def test_rare_actions_are_compared_together() -> None:
    """Those that expect under five decisions in a cell of the table are one group of it."""
    decided, shown = np.array([500, 4, 6, 490]), np.array([250, 4, 0, 250])
    together = np.array([[250, 4, 250], [250, 6, 240]])
    assert refusals.shown_share_p(decided, shown) == pytest.approx(
        scipy.stats.chi2_contingency(together, correction=False).pvalue
    )
    assert refusals.shown_share_p(np.array([500, 400]), np.array([500, 400])) is None
    assert refusals.shown_share_p(np.array([9, 0]), np.array([4, 0])) is None


def test_a_share_shown_that_differs_refuses_below_a_thousandth() -> None:
    """Without a test nothing is refused."""
    assert refusals.shown_differs(None) is None
    assert refusals.shown_differs(0.001) is None
    assert "chi-square p = 0.0009" in str(refusals.shown_differs(0.0009))


def test_probability_on_what_was_never_logged_is_named() -> None:
    """From more than a hundredth on, the likeliest action first."""
    logged, names = np.array([5, 0, 0, 5]), ["a", "b", "c", "d"]
    assert refusals.unseen(np.array([0.5, 0.005, 0.005, 0.49]), logged, names) is None
    said = str(refusals.unseen(np.array([0.5, 0.005, 0.02, 0.475]), logged, names))
    assert "2.5% of the target's probability" in said
    assert "(c, b)" in said


def test_weights_whose_mean_is_surely_not_one_refuse() -> None:
    """By the error of their mean, and at once where they have none."""
    assert refusals.wrong_weights(1.03, ClusteredError(0.01, 0.0, 500)) is None
    assert "mean of 1.04" in str(refusals.wrong_weights(1.04, ClusteredError(0.01, 0.0, 500)))
    assert refusals.wrong_weights(1.0, ClusteredError(0.0, 0.0, 500)) is None
    assert "mean of 0.5" in str(refusals.wrong_weights(0.5, ClusteredError(0.0, 0.0, 500)))


def test_too_few_users_or_decisions_say_how_many_are_missing() -> None:
    """At the least number nothing is refused."""
    assert refusals.few_users(MINIMUM_USERS) is None
    assert f"{MINIMUM_USERS - 1} users of at least" in str(refusals.few_users(MINIMUM_USERS - 1))
    assert "1 user of" in str(refusals.few_users(1))
    assert refusals.few_effective(MINIMUM_ESS) is None
    assert "about 4.0 times as many decisions" in str(refusals.few_effective(MINIMUM_ESS / 4))
    assert "decisions as the target's" in str(refusals.few_effective(0.0))


def test_an_estimate_that_few_users_carry_is_refused() -> None:
    """By the skewness of the estimate on either side, and where there is no spread at all."""
    assert refusals.too_skewed(ClusteredError(0.1, MOST_SKEWED, 50)) is None
    assert "about 4.0 times as many" in str(refusals.too_skewed(ClusteredError(0.1, -2 * MOST_SKEWED, 50)))
    assert "the same value" in str(refusals.too_skewed(ClusteredError(0.0, 0.0, 50)))
