"""Posteriors of arms against SciPy's quantiles, and what a prior adds."""

import pytest
from scipy.stats import beta

from core.policies.configuration import RandomPolicy, ThompsonPolicy
from core.policies.posteriors import posteriors
from core.policies.state import ArmCounts, PolicyState

STATE = PolicyState({"a": ArmCounts(10, 3), "b": ArmCounts(100_000, 1)}, {"a": 0.8, "c": 0.5})


def test_means_and_ends_are_those_of_the_beta_distribution() -> None:
    """With the score as ten tips shown, with counts alone, and with neither."""
    found = posteriors(ThompsonPolicy(), ["a", "b", "c", "d"], STATE)
    for each, (one, other) in zip(found, [(12.0, 10.0), (2.0, 100_000.0), (6.0, 6.0), (1.0, 1.0)], strict=True):
        assert each.mean == pytest.approx(one / (one + other), rel=1e-12)
        assert (each.low, each.high) == pytest.approx(
            tuple(float(beta.ppf(end, one, other)) for end in (0.025, 0.975)), rel=1e-6, abs=1e-12
        )


def test_a_policy_without_a_prior_has_the_uniform_one() -> None:
    """Scores mean nothing to it; and there is nothing to say of no arm."""
    (found,) = posteriors(RandomPolicy(), ["a"], STATE)
    assert found.mean == pytest.approx(4 / 12)
    assert posteriors(RandomPolicy(), [], STATE) == ()
