"""Quiet hours: whether an instant is in a window of a user's wall time, and the first minute after it that is in none.

A window is [start, end) in wall time, belongs to the weekday on which it starts and may wrap midnight; equal is off.
Whether it is quiet follows from the wall time of the instant, which is never ambiguous. Where a clock is put back, an
hour comes twice: then it is quiet from the first `start` to the second `end`, never short of what was set. Where a
clock is put forward over `end`, it is quiet until the first instant after the gap.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from contracts.modules.profile import Quiet, Weekday

DAYS = tuple(Weekday)
DAY = timedelta(days=1)
MINUTE_S = 60
LONGEST_DAYS = 9
"""A week, a day before it whose window reaches into it and one after it: in it every window comes at least once."""
MOST_INSTANTS = 4_096
"""Windows of a day and zone that are remembered: most users have the same few."""


def is_quiet(windows: Sequence[Quiet], zone: ZoneInfo, at: float) -> bool:
    """Return whether the instant `at`, in Unix seconds, is inside a window."""
    return any(starts <= at < ends for starts, ends in _around(windows, zone, at, days=1))


def earliest_allowed(windows: Sequence[Quiet], zone: ZoneInfo, at: float) -> float | None:
    """Return the first instant from `at` on that is in no window, `at` itself if it is in none.

    It is the end of a window, and so the beginning of a minute where zones differ from UTC by whole minutes. None if
    the windows leave no minute of a week.
    """
    now = at
    for starts, ends in _around(windows, zone, at, days=LONGEST_DAYS):
        if starts > now:
            break
        now = max(now, ends)
    return now if now - at < (LONGEST_DAYS - 1) * DAY.total_seconds() else None


def _around(windows: Sequence[Quiet], zone: ZoneInfo, at: float, days: int) -> Iterator[tuple[float, float]]:
    """Return the windows that start on the day before the instant's, on its day and on `days` days more, in order.

    A later wall time has no earlier first instant, so that days in order are windows in order.
    """
    if not windows:
        return
    today = datetime.fromtimestamp(at, zone).date()
    for offset in range(-1, days + 1):
        day = today + offset * DAY
        name = DAYS[day.weekday()]
        starting = [each for each in windows if each.day is name and each.start != each.end]
        yield from sorted(_instants(each.start, each.end, zone, day) for each in starting)


@lru_cache(maxsize=MOST_INSTANTS)
def _instants(starts: str, ends: str, zone: ZoneInfo, day: date) -> tuple[float, float]:
    """Return the first instant of a window, and the first after it, in Unix seconds."""
    start, end = time.fromisoformat(starts), time.fromisoformat(ends)
    last = day if end > start else day + DAY
    return first_instant(datetime.combine(day, start), zone, fold=0), first_instant(
        datetime.combine(last, end), zone, fold=1
    )


def first_instant(wall: datetime, zone: ZoneInfo, fold: int = 0) -> float:
    """Return the first or second instant of a wall time in Unix seconds; of one in a gap the first instant after it."""
    at = wall.replace(tzinfo=zone, fold=fold).timestamp()
    if _wall(at, zone) == wall:
        return at
    before, after = (wall.replace(tzinfo=zone, fold=each).timestamp() for each in (1, 0))
    return _gap_end(zone, before, after)


def _gap_end(zone: ZoneInfo, before: float, after: float) -> float:
    """Return the instant between two at which the offset changes, to the second."""
    offset = _offset(zone, before)
    low, high = int(before), int(after)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(zone, middle) == offset else (low, middle)
    return float(high)


def _offset(zone: ZoneInfo, at: float) -> timedelta | None:
    return datetime.fromtimestamp(at, UTC).astimezone(zone).utcoffset()


def _wall(at: float, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(at, zone).replace(tzinfo=None)
