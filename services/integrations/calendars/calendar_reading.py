"""Reads a calendar (RFC 5545) as a process of its own: a hostile one costs no more than that may take.

usage: python -m services.integrations.calendars.calendar_reading SINCE UNTIL TIME_ZONE < CALENDAR
"""

import math
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from kit.processes.bounded import OUT_OF_MEMORY, keep_within
from kit.timing.zones import zones
from services.integrations.calendars.calendar_items import (
    MOST_COMPONENTS,
    MOST_ITEMS,
    CalendarFault,
    CalendarItem,
    CalendarRead,
    SyncWindow,
    dated,
    title_of,
)
from services.integrations.calendars.calendar_text import near

MOST_CPU_S, MOST_MEMORY, NICER = 20, 1 << 30, 10
TOO_FREQUENT = frozenset({"SECONDLY", "MINUTELY"})
"""No person's entry recurs so often, and each would be thousands of items a day."""
OWN_ZONE = "X-WR-TIMEZONE"
PERIODS_S = {"HOURLY": 3_600.0, "DAILY": 86_400.0, "WEEKLY": 604_800.0, "MONTHLY": 2_592_000.0, "YEARLY": 31_536_000.0}
MOST_OCCURRENCES = 100_000
"""Of one series until the window's end: all of them are counted through from its start, some 20,000 a second."""
FAULTS_OF_A_SERIES = (ValueError, TypeError, OverflowError, AttributeError, LookupError)
"""Whatever the library raises about an entry that lasts for millennia, or was moved by as many."""
TIMES = frozenset({"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"})


def read_calendar(body: bytes, window: SyncWindow) -> CalendarRead | CalendarFault:
    """Return what of a calendar lies in the window, or why it cannot be read."""
    from icalendar import Calendar
    from icalendar.timezone import tzp
    from icalendar.timezone.zoneinfo import ZONEINFO

    class KnownZones(ZONEINFO):  # type: ignore[misc]  # the library has no types
        """The zones of this machine by name, of which a path, a folder or a byte of a stranger is none."""

        def timezone(self, name: str) -> tzinfo | None:
            return ZoneInfo(name) if name in zones() else None

    tzp.use(KnownZones())
    text = body.decode("utf-8-sig", "replace").lstrip()
    if text[:15].upper() != "BEGIN:VCALENDAR":
        what = "a page of HTML" if text[:200].lstrip().startswith("<") else "something else"
        return CalendarFault("not-a-calendar", f"the address gives {what} and no calendar: copy its iCalendar address")
    if not text.rstrip().upper().endswith("END:VCALENDAR"):
        return CalendarFault("cut-short", "the calendar ends before its end: its server sent a part of it")
    components = text.upper().count("BEGIN:")
    if components > MOST_COMPONENTS:
        return CalendarFault("too-large", f"the calendar has {components} components: at most {MOST_COMPONENTS}")
    try:
        calendars = Calendar.from_ical(near(text, window), multiple=True)
    except (ValueError, IndexError, KeyError, RecursionError):  # whatever the library raises about a line
        return CalendarFault("not-a-calendar", "the address gives a calendar that cannot be read as RFC 5545 says")
    taken = _Taken(ZoneInfo(window.time_zone))
    for calendar in calendars:
        taken.name_zone(calendar, tzp.timezone)
    items = [item for calendar in calendars for item in _items(calendar, window, taken)]
    items.sort(key=lambda item: (item.starts_at, item.ends_at, item.key))
    if len(items) > MOST_ITEMS:
        taken.left_out["beyond"] = len(items) - MOST_ITEMS
    return CalendarRead(
        components=components,
        items=tuple(items[:MOST_ITEMS]),
        unknown_zones=taken.unknown_zones,
        left_out=taken.left_out,
    )


class _Taken:
    """What is counted while a calendar is read, and the zone of times that name none."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone, self.unknown_zones = zone, 0
        self.left_out: dict[str, int] = {}

    def name_zone(self, calendar: Any, zone_of: Callable[[str], tzinfo | None]) -> None:
        """Have a calendar name its own zone as this machine does; one that does not exist is none, and counted."""
        if OWN_ZONE in calendar:
            name = getattr(zone_of(str(calendar.pop(OWN_ZONE))), "key", None)
            if name in zones():
                calendar.add(OWN_ZONE, name)
            else:
                self.unknown_zones += 1

    def leaves_out(self, event: Any, until: float) -> bool:
        """Return whether an entry is not to be expanded to the window's end, and count why."""
        reason = _fault_of(event) or self._cost_of(event, until)
        if reason is None:
            self.unknown_zones += _zone_is_unknown(event)
            return False
        self.left_out[reason] = self.left_out.get(reason, 0) + 1
        return True

    def _cost_of(self, event: Any, until: float) -> str | None:
        """Return why the rules of an entry, which have nothing wrong, cost too much, None where they do not."""
        try:
            spans_s = until - self.seconds(event.start)
        except (ValueError, OverflowError):  # the first or last days that a calendar can have
            return "unreadable"
        most = sum(occurrences(rule, spans_s) for rule in _rules(event))
        return "too-frequent" if most > MOST_OCCURRENCES else None

    def seconds(self, at: date) -> float:
        """Return a start or end in Unix seconds; a day is its midnight, and a time without a zone is in ours."""
        if not isinstance(at, datetime):
            at = datetime(at.year, at.month, at.day, tzinfo=self.zone)
        return (at if at.tzinfo is not None else at.replace(tzinfo=self.zone)).timestamp()


def _items(calendar: Any, window: SyncWindow, taken: _Taken) -> Iterator[CalendarItem]:
    """Yield the items of a calendar that are in the window, in no order."""
    calendar.subcomponents = [
        each for each in calendar.subcomponents if each.name != "VEVENT" or not taken.leaves_out(each, window.until)
    ]
    since, until = datetime.fromtimestamp(window.since, UTC), datetime.fromtimestamp(window.until, UTC)
    for event in _expanded(calendar, since, until, taken):
        try:
            item = dated(_item(event, taken))
        except (ValueError, TypeError, OverflowError):  # a time beyond those that can be
            taken.left_out["unreadable"] = taken.left_out.get("unreadable", 0) + 1
            continue
        if item.starts_at < window.until and (item.ends_at > window.since or item.starts_at >= window.since):
            yield item


def _expanded(calendar: Any, since: datetime, until: datetime, taken: _Taken) -> list[Any]:
    """Return the occurrences of a calendar's entries; a series that cannot be expanded is counted."""
    from recurring_ical_events import of

    try:
        return list(of(calendar, skip_bad_series=True).between(since, until))
    except FAULTS_OF_A_SERIES:
        pass
    found, others, series = list[Any](), list[Any](), dict[str, list[Any]]()
    for each in calendar.subcomponents:
        (series.setdefault(str(each.get("UID", "")), []) if each.name == "VEVENT" else others).append(each)
    for own in series.values():
        calendar.subcomponents = [*others, *own]
        try:
            found += of(calendar, skip_bad_series=True).between(since, until)
        except FAULTS_OF_A_SERIES:
            taken.left_out["unreadable"] = taken.left_out.get("unreadable", 0) + len(own)
    return found


def _item(event: Any, taken: _Taken) -> CalendarItem:
    start, end = event.start, event.end
    starts_at = taken.seconds(start)
    busy = str(event.get("TRANSP", "OPAQUE")).upper() != "TRANSPARENT"
    cancelled = str(event.get("STATUS", "")).upper() == "CANCELLED"
    return CalendarItem(
        key=f"{event.get('UID', '')} {start}",
        starts_at=starts_at,
        ends_at=max(starts_at, taken.seconds(end)),
        all_day=not isinstance(start, datetime),
        busy=busy and not cancelled,
        title=title_of(str(event.get("SUMMARY", ""))),
    )


def _fault_of(event: Any) -> str | None:
    """Return why an entry cannot be expanded, None for one that can."""
    if any(name is None or name.upper() in TIMES for name, _ in event.errors):
        return "unreadable"
    rules = _rules(event)
    frequencies = {str(word).upper() for rule in rules for word in rule.get("FREQ", [])}
    if frequencies & TOO_FREQUENT:
        return "too-frequent"
    if any(len(rule.get("FREQ", [])) != 1 or not _interval(rule) > 0 for rule in rules):
        return "unreadable"
    try:
        return None if event.start <= event.end else "unreadable"
    except (ValueError, TypeError, OverflowError):  # no start, or an end of another kind
        return "unreadable"


def occurrences(rule: Any, span_s: float) -> float:
    """Return about how often a rule that has nothing wrong can recur in so many seconds."""
    (frequency,) = rule["FREQ"]
    a_period = math.prod(max(1, len(rule.get(part, []))) for part in ("BYHOUR", "BYMINUTE", "BYSECOND"))
    return max(0.0, span_s) / PERIODS_S[str(frequency).upper()] / _interval(rule) * a_period


def _rules(event: Any) -> list[Any]:
    rules = event.get("RRULE", [])
    return rules if isinstance(rules, list) else [rules]


def _interval(rule: Any) -> int:
    """Return every how many periods a rule recurs; 0 where that is not one number."""
    values = rule.get("INTERVAL", [1])
    return int(values[0]) if len(values) == 1 else 0


def _zone_is_unknown(event: Any) -> bool:
    start = event.get("DTSTART")
    return "TZID" in start.params and getattr(start.dt, "tzinfo", None) is None


def main(since: str, until: str, time_zone: str) -> None:
    """Print what is read from standard input as JSON; the kernel ends what takes more time or memory than it may."""
    keep_within(MOST_CPU_S, MOST_MEMORY, NICER)
    window = SyncWindow(float(since), float(until), time_zone)
    sys.stdout.buffer.write(msgspec.json.encode(read_calendar(sys.stdin.buffer.read(), window)))


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except MemoryError:
        sys.exit(OUT_OF_MEMORY)
