"""The probabilities with which a policy takes each eligible arm."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.estimate.design import Floats
from core.policies.configuration import EpsilonGreedyPolicy, LinUcbPolicy, Policy, RandomPolicy, ThompsonPolicy
from core.policies.features import Features
from core.policies.rewards import best_of, posterior, upper_limits
from core.policies.state import PolicyState
from core.policies.thompson import best_probabilities

TOLERANCE = 1e-12
"""How far from 1 a sum of probabilities may be."""


class NoEligibleArm(ValueError):
    """There is no arm to draw from; who calls answers that nothing is eligible, with the reasons."""


@dataclass(frozen=True)
class Distribution:
    """Arms in ascending order, each once, and beside each its probability, above 0; they sum to 1 within 1e-12."""

    arms: tuple[str, ...]
    probabilities: tuple[float, ...]

    def __post_init__(self) -> None:
        """Raise NoEligibleArm without arms, ValueError for what is no distribution over them."""
        if not self.arms:
            raise NoEligibleArm("there is no arm to draw from")
        if len(self.arms) != len(self.probabilities):
            raise ValueError(f"{len(self.arms)} arms have {len(self.probabilities)} probabilities")
        if any(one >= other for one, other in zip(self.arms, self.arms[1:], strict=False)):
            raise ValueError("arms are not in ascending order, each once")
        if not all(0 < p <= 1 for p in self.probabilities):
            raise ValueError("a probability is not above 0 and at most 1")
        if abs(math.fsum(self.probabilities) - 1) > TOLERANCE:
            raise ValueError(f"probabilities sum to {math.fsum(self.probabilities)!r} and not 1")


def distribution(policy: Policy, features: Features, arms: Sequence[str], state: PolicyState) -> Distribution:
    """Return the policy's probabilities over the eligible `arms`, given in any order, each once.

    Each of n arms has at least the policy's floor / n, whatever was learnt of it. Raise NoEligibleArm without arms.
    """
    if not arms:
        raise NoEligibleArm("there is no arm to draw from")
    ordered = tuple(sorted(arms))
    n = len(ordered)
    match policy:
        case RandomPolicy():
            return Distribution(ordered, (1 / n,) * n)
        case EpsilonGreedyPolicy():
            alpha, beta = posterior(ordered, state, policy.prior_weight)
            wanted = best_of(alpha / (alpha + beta))
        case ThompsonPolicy():
            wanted = best_probabilities(*posterior(ordered, state, policy.prior_weight))
        case LinUcbPolicy():
            wanted = best_of(upper_limits(policy, features, ordered, state))
    return Distribution(ordered, tuple(_floored(wanted, policy.floor).tolist()))


def _floored(wanted: Floats, floor: float) -> Floats:
    """Return (1 - floor) p + floor / n, whose least value is floor / n."""
    return np.asarray((1 - floor) * wanted + floor / len(wanted))
