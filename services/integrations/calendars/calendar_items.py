"""What is read of a calendar: its items in a window of time, or why there are none."""

import msgspec

LARGEST, MOST_COMPONENTS, MOST_ITEMS = 10 * 1024 * 1024, 20_000, 5_000
"""Bytes and components of a calendar, and items that are stored of one."""
LONGEST_TITLE = 200


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
