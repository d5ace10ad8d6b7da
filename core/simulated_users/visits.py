"""When simulated users look for a tip and what they do with it: pure functions of a seed, a user's number and a day."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from core.simulated_users.chances import chance_of
from core.simulated_users.tastes import INCLINATION

DAY_MS = 86_400_000
SHOWN, DISMISSED = 0.95, 0.2
"""The share of tips that come to be shown, and of those that are not acted on the share that is dismissed."""
SEEN_WITHIN_S, DISMISSED_WITHIN_S, ACTED_WITHIN_S = 60.0, 600.0, 36 * 3_600.0


class Visit(NamedTuple):
    """A user asks for a tip `at`, in Unix seconds of the simulated time; days count from 0."""

    at: float
    day: int
    user: int


@dataclass(frozen=True)
class VisitOutcome:
    """After how many seconds a tip is shown, acted on and dismissed; None is never."""

    shown: float | None
    acted: float | None = None
    dismissed: float | None = None


def visits(users: int, days: int, seed: int, since: float) -> Iterator[Visit]:
    """Yield in the order of time one visit of each user on each day from `since` on, in whole milliseconds."""
    for day in range(days):
        yield from sorted(
            Visit(since + int((day + chance_of(seed, "visit", user, day)) * DAY_MS) / 1_000, day, user)
            for user in range(users)
        )


def outcome_of(seed: int, user: int, day: int, rate: float) -> VisitOutcome:
    """Return what a user does with a tip of an arm that users act on at `rate`.

    A user's own rate is up to INCLINATION above or below it, on all days alike, so that what one user does is no proof
    of what others do.
    """

    def chance(what: str) -> float:
        return chance_of(seed, what, user, day)

    if chance("shown") >= SHOWN:
        return VisitOutcome(None)
    shown = 1 + chance("seen") * SEEN_WITHIN_S
    own = rate + INCLINATION * (2 * chance_of(seed, "inclination", user) - 1)
    if chance("acts") < own:
        return VisitOutcome(shown, acted=shown + 60 + chance("acted") ** 2 * ACTED_WITHIN_S)
    if chance("dismisses") < DISMISSED:
        return VisitOutcome(shown, dismissed=shown + 5 + chance("dismissed") * DISMISSED_WITHIN_S)
    return VisitOutcome(shown)
