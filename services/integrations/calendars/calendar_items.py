"""What is read of a calendar: its items in a window of time, or why there are none."""

import msgspec

from core.sanitize import escaped

LARGEST, MOST_COMPONENTS, MOST_ITEMS = 10 * 1024 * 1024, 20_000, 5_000
"""Bytes and components of a calendar, and items that are stored of one."""
LONGEST_TITLE = 200
FIRST_MOMENT, LAST_MOMENT = -62_135_596_800.0, 253_402_300_799.0
"""The first and the last second that ISO 8601 writes with a year of four digits."""


class SyncWindow(msgspec.Struct, frozen=True):
    """What is read: from `since` to `until`, in Unix seconds; times without a zone are in `time_zone`."""

    since: float
    until: float
    time_zone: str


class CalendarItem(msgspec.Struct, frozen=True, kw_only=True):
    """An entry that happens in the window, one of each time that it recurs; times in Unix seconds.

    `key` is what the calendar calls it, and when it was to begin.
    """

    key: str
    starts_at: float
    ends_at: float
    all_day: bool
    busy: bool
    title: str


class CalendarRead(msgspec.Struct, frozen=True, kw_only=True, tag="read"):
    """The items by their start; `left_out` counts what was not taken by reason.

    `unknown_zones` are entries in a zone that does not exist, which are read as if they named none.
    """

    components: int
    items: tuple[CalendarItem, ...]
    unknown_zones: int
    left_out: dict[str, int]


class CalendarFault(msgspec.Struct, frozen=True, tag="fault"):
    """Why nothing was read: a code that never changes, and a sentence."""

    code: str
    says: str


def dated(item: CalendarItem) -> CalendarItem:
    """Return the item with its times within the years 1 to 9999 in UTC, which others cannot be written as."""
    if item.starts_at >= FIRST_MOMENT and item.ends_at <= LAST_MOMENT:
        return item
    starts_at, ends_at = (min(max(at, FIRST_MOMENT), LAST_MOMENT) for at in (item.starts_at, item.ends_at))
    return msgspec.structs.replace(item, starts_at=starts_at, ends_at=ends_at)


def title_of(text: str) -> str:
    """Return a stranger's text as a title: one line, of bounded length, in which what acts unseen is written out."""
    return escaped(" ".join(text.split()))[:LONGEST_TITLE]
