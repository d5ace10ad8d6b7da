"""What judges tell the admins beside their answers, and what admins see of judges' work: flags, pace, agreement."""

from typing import Any, Protocol

import msgspec

from contracts.access.caller import Caller
from contracts.paging import Page, PageRequest


class Flag(msgspec.Struct, frozen=True, kw_only=True):
    """An item that a judge has flagged for the admins, with what it shows; it is no answer, and names no cell."""

    experiment: str
    round: str
    judge: str
    item: str
    reason: str
    at: str
    scenario: dict[str, Any]
    tip: str


class JudgePace(msgspec.Struct, frozen=True):
    """How fast a judge answers on pages: seconds from one answer to the next, and when the last was given.

    `seconds` is the median of the last 40 that were at most 5 minutes, None for fewer than 3.
    """

    seconds: float | None
    last_at: str


class CriterionAgreement(msgspec.Struct, frozen=True):
    """How two judges' values of one criterion compare over the tips that both have scored.

    `exact` and `adjacent` are shares from 0 to 1: equal values, and values at most one apart, which for yes or no are
    the equal ones; `mean_difference` is the second judge's mean minus the first's.
    """

    criterion: str
    n: int
    exact: float
    adjacent: float
    mean_difference: float


class JudgePair(msgspec.Struct, frozen=True):
    """Two judges, in the order of their ids, side by side on the `n` tips that both have scored."""

    first: str
    second: str
    n: int
    criteria: list[CriterionAgreement]


class JudgeAgreement(msgspec.Struct, frozen=True):
    """The judges of an experiment: how many have scored, and pairs of the first 20 by id."""

    n_judges: int
    pairs: list[JudgePair]


class JudgeReviews(Protocol):
    """Flags of judges, and readings of judges' work for admins; blocking."""

    def flag(self, round_id: str, item: str, reason: str | None, caller: Caller) -> Flag | None:
        """Store a flag of an item of one's own, in place of one before, or remove it where there is no reason.

        Raise Conflict for a closed round, NotFound for an item of another one, InvalidInput for a blank or long reason.
        """
        ...

    def flags(self, request: PageRequest) -> Page[Flag]:
        """Return flags, newest first; `where` may hold experiment."""
        ...

    def flagged(self, items: list[str]) -> list[str | None]:
        """Return the reason under which each of these items is flagged, None for those that are not."""
        ...

    def paces(self, rounds: list[str]) -> list[JudgePace | None]:
        """Return how fast each of these rounds goes, None where nothing was answered on pages."""
        ...

    def agreement(self, experiment: str) -> JudgeAgreement:
        """Return each two judges of an experiment who have scored a tip in common; raise NotFound."""
        ...
