"""Names the next free hour of the user's calendars in the reasons of tips; it is stored with no decision."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from contracts.tips.recommendations import Recommendation

HOUR_S = 3_600.0
SAYS = "; your calendar is free on "
"""What begins the words of an hour, which no other part of a reason has."""


def with_free_hour(made: Recommendation, starts_at: float | None, zone: Callable[[], ZoneInfo]) -> Recommendation:
    """Return the recommendation with the hour that begins then in each reason, in the zone's time; None names none."""
    if starts_at is None:
        return made
    start, end = (datetime.fromtimestamp(at, zone()) for at in (starts_at, starts_at + HOUR_S))
    says = f"{SAYS}{start:%A} from {start:%H:%M} to {end:%H:%M}"
    tips = tuple(msgspec.structs.replace(tip, reason=tip.reason + says) for tip in made.tips)
    return msgspec.structs.replace(made, tips=tips)


def without_free_hour(made: Recommendation) -> Recommendation:
    """Return the recommendation as it was logged, without the hour in its reasons."""
    tips = tuple(msgspec.structs.replace(tip, reason=tip.reason.partition(SAYS)[0]) for tip in made.tips)
    return msgspec.structs.replace(made, tips=tips)
