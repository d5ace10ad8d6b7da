"""Declared tastes: with what probability simulated users act on the tips of each cell, given the judges' scores."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.expected_error import FieldError
from core.simulated_users.chances import chance_of

INCLINATION = 0.05
"""How far the rate of one user may be above or below that of all."""


class BadTastes(FieldError):
    """Tastes that no user can have; the message says which numbers do not go together."""


class Relation(StrEnum):
    """How tastes go with the judges' scores."""

    AGREE = "agree"
    DISAGREE = "disagree"
    UNRELATED = "unrelated"


@dataclass(frozen=True, kw_only=True)
class Tastes:
    """Users act on tips at the rate `base_rate`, and up to `strength` more or less often as a cell is to their taste.

    Raise BadTastes where a rate would be below 0 or above 1.
    """

    relation: Relation = Relation.AGREE
    strength: float = 0.2
    base_rate: float = 0.5

    def __post_init__(self) -> None:
        """Check that every rate of every user is a probability."""
        if not 0 <= self.strength <= 0.5 - INCLINATION:
            raise BadTastes(f"strength is {self.strength:g}: use 0 to {0.5 - INCLINATION:g}", ("strength",))
        most = self.strength + INCLINATION
        if not most <= self.base_rate <= 1 - most:
            raise BadTastes(
                f"base rate {self.base_rate:g} and strength {self.strength:g} make rates below 0 or above 1: use a "
                f"base rate from {most:g} to {1 - most:g}, or less strength",
                ("base_rate",),
            )


def rates(tastes: Tastes, scores: Mapping[str, float | None], seed: int) -> dict[str, float]:
    """Return by arm the probability with which users act on its tips.

    It is the base rate plus strength · z. Where tastes agree, z is -1 for the lowest score, 1 for the highest and in
    between as the score is; where they disagree it is the negative of that. An arm without a score, and all of them
    where scores are equal, have 0. Where tastes are unrelated z is uniform from -1 to 1, by seed and name of the arm.
    """
    known = [score for score in scores.values() if score is not None]
    low, high = min(known, default=0.0), max(known, default=0.0)

    def taste(arm: str, score: float | None) -> float:
        if tastes.relation is Relation.UNRELATED:
            return 2 * chance_of(seed, "taste", arm) - 1
        if score is None or low == high:
            return 0.0
        z = 2 * (score - low) / (high - low) - 1
        return z if tastes.relation is Relation.AGREE else -z

    return {arm: tastes.base_rate + tastes.strength * taste(arm, score) for arm, score in scores.items()}
