"""What a policy has learnt: whole numbers by arm, so that sums come out equal in whatever order they are taken."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from core.canonical import content_hash
from core.estimate.design import Ints


def _nothing() -> Ints:
    return np.zeros((0, 0), np.int64)


@dataclass(frozen=True, eq=False)
class ArmCounts:
    """How often an arm's tip was `shown`, and of these how often it was `acted` on in time.

    `together` (p, p) counts of the shown ones how often two columns of the policy's features were both 1, and
    `acted_with` (p) of those acted on how often each was; they are empty where the policy looks at no feature.
    """

    shown: int = 0
    acted: int = 0
    together: Ints = field(default_factory=_nothing)
    acted_with: Ints = field(default_factory=lambda: np.zeros(0, np.int64))


@dataclass(frozen=True, eq=False)
class PolicyState:
    """Counts by arm, one that is missing was never shown; and the benchmark's scores by arm, from 0 to 1."""

    counts: Mapping[str, ArmCounts] = field(default_factory=dict)
    scores: Mapping[str, float] = field(default_factory=dict)


def summed(parts: Iterable[Mapping[str, ArmCounts]]) -> dict[str, ArmCounts]:
    """Return the counts of several parts of a log together; they are whole numbers, so their order does not matter."""
    found: dict[str, ArmCounts] = {}
    for part in parts:
        for arm, counts in part.items():
            found[arm] = _added(found[arm], counts, 1) if arm in found else counts
    return found


def less(counts: Mapping[str, ArmCounts], part: Mapping[str, ArmCounts]) -> dict[str, ArmCounts]:
    """Return the counts without those of a part of their log, as before it was added."""
    return {**counts, **{arm: _added(counts[arm], own, -1) for arm, own in part.items()}}


def counts_hash(counts: Mapping[str, ArmCounts]) -> str:
    """Return 64 hex digits that are equal where all counts are; an arm without a tip shown counts as missing."""
    rows = {
        arm: [own.shown, own.acted, own.together.tolist(), own.acted_with.tolist()]
        for arm, own in counts.items()
        if own.shown
    }
    return content_hash(rows)


def _added(one: ArmCounts, other: ArmCounts, sign: int) -> ArmCounts:
    return ArmCounts(
        one.shown + sign * other.shown,
        one.acted + sign * other.acted,
        one.together + sign * other.together,
        one.acted_with + sign * other.acted_with,
    )
