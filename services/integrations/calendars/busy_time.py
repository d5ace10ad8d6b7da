"""What of its time a calendar takes, in quarters of an hour, and the next hour that is free."""

import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from services.integrations.calendars.calendar_items import CalendarItem, SyncWindow

QUARTER_S = 900
HOUR = 4
DAY_S = 86_400.0
FIRST_HOUR, LAST_HOUR = 8, 20
"""Local hours between which an hour may begin that is worth naming."""


class BusyTime(msgspec.Struct, frozen=True):
    """Quarters of an hour since 1970 from `first` on, a bit each, lowest first, set where the calendar is busy."""

    first: int
    bits: bytes

    def is_free(self, quarter: int) -> bool:
        """Return whether a quarter is known to be free; none is that was not read."""
        place = quarter - self.first
        return 0 <= place < 8 * len(self.bits) and not self.bits[place // 8] & 1 << place % 8


def busy_time(items: Iterable[CalendarItem], window: SyncWindow) -> BusyTime:
    """Return the quarters of the window in which something is that takes time; one that is touched is taken."""
    first, end = math.floor(window.since / QUARTER_S), math.floor(window.until / QUARTER_S)
    length = 8 * math.ceil((end - first) / 8)
    taken = 0
    for item in items:
        if item.busy and item.ends_at > item.starts_at:
            low = max(0, math.floor(item.starts_at / QUARTER_S) - first)
            high = min(length, math.ceil(item.ends_at / QUARTER_S) - first)
            if low < high:
                taken |= (1 << high) - (1 << low)
    return BusyTime(first, taken.to_bytes(length // 8, "little"))


def next_free_hour(busy: Sequence[BusyTime], zone: ZoneInfo, now: float) -> float | None:
    """Return when the next hour begins that all calendars leave free, in Unix seconds, None without one in a day.

    It begins on a full hour of the zone's clock, by day.
    """
    for quarter in _full_hours(zone, now):
        if all(each.is_free(quarter + step) for each in busy for step in range(HOUR)):
            return float(quarter * QUARTER_S)
    return None


def _full_hours(zone: ZoneInfo, now: float) -> Iterator[int]:
    for quarter in range(math.ceil(now / QUARTER_S), math.ceil((now + DAY_S) / QUARTER_S)):
        local = datetime.fromtimestamp(quarter * QUARTER_S, zone)
        if local.minute == 0 and FIRST_HOUR <= local.hour <= LAST_HOUR:
            yield quarter
