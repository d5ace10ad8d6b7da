"""Clustered errors against Student's interval of a mean, and against sums over users in a loop."""

import numpy as np
import pytest
import scipy.stats

from core.off_policy.intervals import clustered
from tests.core.off_policy.logs import simulated


def test_a_decision_a_user_is_students_interval_of_a_mean() -> None:
    """With its limits, p and skewness."""
    values = np.random.default_rng(1).exponential(size=50)
    found = clustered(values - values.mean(), np.arange(50), 50)
    assert found.se == pytest.approx(float(scipy.stats.sem(values)))
    assert found.limits(values.mean()) == pytest.approx(
        scipy.stats.t.interval(0.95, 49, values.mean(), scipy.stats.sem(values))
    )
    assert found.p_value(values.mean() - 1) == pytest.approx(scipy.stats.ttest_1samp(values, 1).pvalue)
    assert found.skewness == pytest.approx(float(scipy.stats.skew(values)) / np.sqrt(50))


def test_decisions_of_one_user_count_together() -> None:
    """The error is that of the users' sums, and the order of decisions does not matter."""
    decisions = simulated(1, 300, 40).decisions
    about = decisions.reward - decisions.reward.mean()
    sums = [about[decisions.user == user].sum() for user in range(decisions.n_users)]
    g = len(sums)
    found = clustered(about, decisions.user, g)
    assert found.se == pytest.approx(np.sqrt(g / (g - 1) * np.square(sums).sum()) / 300)
    order = np.random.default_rng(2).permutation(300)
    assert clustered(about[order], decisions.user[order], g).se == pytest.approx(found.se)


def test_each_decision_twice_changes_nothing_within_users_and_narrows_between_them() -> None:
    """Copies of a user's own decisions are no news."""
    values = np.random.default_rng(3).normal(size=60)
    once = clustered(values, np.arange(60), 60)
    assert clustered(np.tile(values, 2), np.tile(np.arange(60), 2), 60).se == pytest.approx(once.se)
    assert clustered(np.tile(values, 2), np.arange(120), 120).se < 0.75 * once.se


def test_what_rounding_leaves_is_no_error() -> None:
    """Equal influences have none, and their p is 1 at no difference and 0 elsewhere."""
    found = clustered(np.full(30, 0.1), np.arange(30), 30)
    assert (found.se, found.skewness) == (0.0, 0.0)
    assert (found.p_value(0.0), found.p_value(0.5)) == (1.0, 0.0)
