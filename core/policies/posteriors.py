"""What is known of each arm's rate of reward: the mean of its posterior and a central interval."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.estimate import LEVEL
from core.estimate.student import beta_below
from core.policies.configuration import Policy, RandomPolicy
from core.policies.rewards import posterior
from core.policies.state import PolicyState

HALVINGS = 52


@dataclass(frozen=True)
class ArmPosterior:
    """The `mean` of an arm's Beta posterior and the ends of its central interval, right to 2⁻⁵²."""

    mean: float
    low: float
    high: float


def posteriors(
    policy: Policy, arms: Sequence[str], state: PolicyState, level: float = LEVEL
) -> tuple[ArmPosterior, ...]:
    """Return the posterior of each arm under the policy's prior; a uniform one where it has none.

    `linucb` draws by a linear model; here its arms have the posterior that Thompson sampling would have.
    """
    if not arms:
        return ()
    weight = 0.0 if isinstance(policy, RandomPolicy) else policy.prior_weight
    alpha, beta = posterior(arms, state, weight)
    ends = []
    for below in ((1 - level) / 2, (1 + level) / 2):
        low, high = np.zeros(len(alpha)), np.ones(len(alpha))
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            is_under = beta_below(alpha, beta, middle) < below
            low, high = np.where(is_under, middle, low), np.where(is_under, high, middle)
        ends.append(high.tolist())
    means = (alpha / (alpha + beta)).tolist()
    return tuple(ArmPosterior(*each) for each in zip(means, *ends, strict=True))
