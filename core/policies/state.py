"""What a policy has learnt: whole numbers by arm, so that sums come out equal in whatever order they are taken."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ArmCounts:
    """How often an arm's tip was `shown`, and of these how often it was `acted` on in time."""

    shown: int = 0
    acted: int = 0


@dataclass(frozen=True)
class PolicyState:
    """Counts by arm; one that is missing was never shown."""

    counts: Mapping[str, ArmCounts] = field(default_factory=dict)
