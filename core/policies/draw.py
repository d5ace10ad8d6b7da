"""The draw of arms from a distribution and a seed: the same arms on every machine and in every version."""

import hashlib
import itertools
import math
from dataclasses import dataclass

from core.policies.distribution import Distribution

SEEDS = 1 << 63
"""Seeds are whole numbers below this, so that they fit into a column of 64 bits."""
PURPOSE = b"tipbench draw 1"
BITS = 53
"""What a double holds exactly."""


@dataclass(frozen=True)
class Drawn:
    """An arm, and the probability with which it was drawn at its place, given the arms of the earlier places."""

    arm: str
    propensity: float


def draw(distribution: Distribution, k: int, seed: int) -> tuple[Drawn, ...]:
    """Return min(k, number of arms) different arms in the order of their places.

    Each place takes one of the arms that are left with probability p / Σ p of these, which is its propensity
    (Plackett 1975; Luce 1959). The chance of a place is the first 53 bits of SHA-256 of seed and place, and sums are
    taken in the order of the arms, so seed and distribution alone decide. Raise ValueError for a k below 1, or a seed
    that is negative or of more than 63 bits.
    """
    if k < 1:
        raise ValueError(f"k is {k}: draw at least one arm")
    if not 0 <= seed < SEEDS:
        raise ValueError(f"seed is {seed}: use a whole number from 0 to {SEEDS - 1}")
    left = dict(zip(distribution.arms, distribution.probabilities, strict=True))
    drawn: list[Drawn] = []
    while left and len(drawn) < k:
        total = math.fsum(left.values()) if drawn else 1.0
        arm = _arm_at(left, chance(seed, len(drawn)) * total)
        drawn.append(Drawn(arm, left.pop(arm) / total))
    return tuple(drawn)


def chance(seed: int, place: int) -> float:
    """Return a number from 0 to below 1, a multiple of 2⁻⁵³ that seed and place alone decide."""
    text = PURPOSE + seed.to_bytes(8, "big") + place.to_bytes(4, "big")
    return (int.from_bytes(hashlib.sha256(text).digest()[:8], "big") >> (64 - BITS)) / (1 << BITS)


def _arm_at(left: dict[str, float], threshold: float) -> str:
    """Return the first arm at which the running sum exceeds the threshold; rounding may leave none but the last."""
    reached = itertools.accumulate(left.values())
    return next((arm for arm, up_to in zip(left, reached, strict=True) if up_to > threshold), next(reversed(left)))
