"""The probabilities with which a policy takes each eligible arm."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from core.policies.configuration import Policy
from core.policies.features import Features
from core.policies.state import PolicyState

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


def distribution(policy: Policy, features: Features, arms: Sequence[str], state: PolicyState) -> Distribution:  # noqa: ARG001  # random looks at neither
    """Return the policy's probabilities over the eligible `arms`, given in any order, each once.

    Raise NoEligibleArm where there is none.
    """
    if not arms:
        raise NoEligibleArm("there is no arm to draw from")
    ordered = tuple(sorted(arms))
    return Distribution(ordered, (1 / len(ordered),) * len(ordered))
