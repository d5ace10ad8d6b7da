"""What providers say in JSON as items of a window: times in any of their spellings, and what is left out of it."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from services.integrations.calendars.calendar_items import (
    MOST_ITEMS,
    CalendarItem,
    CalendarRead,
    SyncWindow,
    dated,
)
from services.integrations.connectors.connector import Cursor, Pulled


def day_starts(text: str, zone: ZoneInfo, days: int = 0) -> float:
    """Return when a day (or the one so many days later) begins in a zone, in Unix seconds; raise ValueError."""
    day = date.fromisoformat(text) + timedelta(days=days)
    return datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()


def seconds_of(text: str, zone: ZoneInfo) -> float:
    """Return a time as RFC 3339 writes it in Unix seconds, in the zone where it names none; raise ValueError."""
    at = datetime.fromisoformat(text)
    return (at if at.tzinfo is not None else at.replace(tzinfo=zone)).timestamp()


@dataclass
class ProviderItems:
    """The entries of an answer as they are taken, each as it was said last: an item, or None for one that is gone."""

    window: SyncWindow
    entries: int = 0
    found: dict[str, CalendarItem | None] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)

    def add(self, item: CalendarItem) -> None:
        """Take an item if any of it is in the window."""
        item = dated(item)
        inside = item.starts_at < self.window.until and max(item.ends_at, item.starts_at + 1) > self.window.since
        self.found[item.key] = item if inside else None

    def remove(self, key: str) -> None:
        """Take that an item is there no more."""
        self.found[key] = None

    def leave_out(self, reason: str, key: str | None = None) -> None:
        """Count an entry that is no item, whose key is one that may have been."""
        self.left_out[reason] = self.left_out.get(reason, 0) + 1
        if key is not None:
            self.remove(key)

    def pulled(self, cursor: Cursor, *, whole: bool) -> Pulled:
        """Return what a pull gives: all of the window, or what changed of it."""
        if not whole and not self.found:
            return Pulled(None, cursor)
        items = [item for item in self.found.values() if item is not None]
        items.sort(key=lambda item: (item.starts_at, item.ends_at, item.key))
        if len(items) > MOST_ITEMS:
            self.left_out["beyond"] = len(items) - MOST_ITEMS
        read = CalendarRead(
            components=self.entries, items=tuple(items[:MOST_ITEMS]), unknown_zones=0, left_out=self.left_out
        )
        removed = frozenset(key for key, item in self.found.items() if item is None)
        return Pulled(read, cursor, None if whole else removed)
