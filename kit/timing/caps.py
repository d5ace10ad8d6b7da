"""Frequency caps: how many notices went out in the last 24 hours and on the user's calendar day, and when one more may.

What counts is what was handed over, never what waits. Days are those of the user's wall clock, so that one at 23:00 and
one at 00:00 are of two days, and the rolling cap is there beside them.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from contracts.modules.profile import Caps
from kit.timing.quiet_hours import first_instant

ROLLING_S = 86_400.0
LONGEST_DAY_S = 49 * 3_600.0
"""More than a day of any zone's calendar, one that comes twice included."""
DEFAULTS = Caps(per_24h=5, per_day=5, per_topic=2)
"""The app's own, where the user set none."""
_CAPS: tuple[Callable[[Caps], int | None], ...] = (
    lambda each: each.per_24h,
    lambda each: each.per_day,
    lambda each: each.per_topic,
)


class SentNotice(msgspec.Struct, frozen=True):
    """A notice that was handed over at `at` in Unix seconds."""

    at: float
    topic: str


class Capped(msgspec.Struct, frozen=True):
    """The cap that is reached, and until when: None for a cap of 0, which no time lifts."""

    code: str
    until: float | None


def capped(caps: Caps, sent: Sequence[SentNotice], topic: str, zone: ZoneInfo, at: float) -> Capped | None:
    """Return the cap that forbids one more notice of `topic` at `at`, the one that lasts longest; None where none does.

    `sent` are the notices handed over until then, in any order; None in `caps` is the app's own cap.
    """
    per_24h, per_day, per_topic = (_cap(caps, which) for which in _CAPS)
    if len(sent) < min(per_24h, per_day) and sum(each.topic == topic for each in sent) < per_topic:
        return None
    today = datetime.fromtimestamp(at, zone).date()
    times = sorted(each.at for each in sent if at - ROLLING_S < each.at <= at)
    late = (each for each in sent if abs(at - each.at) < LONGEST_DAY_S)  # the others' dates need not be worked out
    days = [each for each in late if datetime.fromtimestamp(each.at, zone).date() == today]
    reached = []
    if per_24h <= len(times):
        reached.append(Capped("cap_24h", times[len(times) - per_24h] + ROLLING_S if per_24h else None))
    of_topic = sum(each.topic == topic for each in days)
    for code, count, most in (("cap_day", len(days), per_day), ("cap_topic", of_topic, per_topic)):
        if most <= count:
            reached.append(Capped(code, _next_day(zone, at) if most else None))
    return max(reached, key=lambda each: float("inf") if each.until is None else each.until, default=None)


def _cap(caps: Caps, which: Callable[[Caps], int | None]) -> int:
    own, default = which(caps), which(DEFAULTS)
    return (default or 0) if own is None else own


def _next_day(zone: ZoneInfo, at: float) -> float:
    """Return the first instant of the next day of the zone's calendar."""
    today = datetime.fromtimestamp(at, UTC).astimezone(zone).replace(tzinfo=None)
    midnight = datetime.combine(today.date() + timedelta(days=1), datetime.min.time())
    return first_instant(midnight, zone)
