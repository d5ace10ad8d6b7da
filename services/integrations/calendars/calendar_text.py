"""The text of a calendar without the entries that are over or far ahead, most of one that was used for years."""

import re
from datetime import UTC, datetime, timedelta

from services.integrations.calendars.calendar_items import SyncWindow

FOLD = re.compile(r"(?:\r?\n)+[ \t]")
"""What continues a line (RFC 5545, 3.1), as the library that reads the rest takes it."""
BEGIN, END = "\nBEGIN:VEVENT", "\nEND:VEVENT"
DAYS = re.compile(r'\n(?:DTSTART|DTEND)(?:;[^:"\n]*)?:([0-9]{8})')
RECURS = ("RRULE", "RDATE", "EXRULE", "RECURRENCE-ID", "DURATION", "BEGIN:VEVENT")
"""Words by which an entry may be somewhere else than its own days say; wherever they stand, it is left in."""
SLACK = timedelta(days=2)
"""More than any two zones differ by, and than the day that an entry without an end may take."""
UID = re.compile(r"\nUID[^:\n]*:([^\n]*)")


def near(text: str, window: SyncWindow) -> str:
    """Return the calendar with its lines unfolded and without entries that begin and end outside the window, for sure.

    What is not understood at a glance stays, and so does every entry of a UID of which one stays. Reading an entry
    costs half a millisecond, looking at it here a fiftieth of that.
    """
    text = FOLD.sub("", text)
    since, until = (datetime.fromtimestamp(at, UTC) for at in (window.since, window.until))
    earliest, latest = f"{since - SLACK:%Y%m%d}", f"{until + SLACK:%Y%m%d}"
    head, *parts = text.split(BEGIN)
    entries = [_EntryText(part) for part in parts]
    for entry in entries:
        entry.outside = entry.is_outside(earliest, latest)
    staying = {entry.uid for entry in entries if not entry.outside}
    left = [entry.rest if entry.outside and entry.uid not in staying else entry.whole for entry in entries]
    return "".join([head, *left])


class _EntryText:
    """What stands between the beginnings of two entries: an entry, and what follows it."""

    __slots__ = ("_body", "outside", "rest", "uid", "whole")

    def __init__(self, part: str) -> None:
        body, ended, rest = part.partition(END)
        line, newline, after = rest.partition("\n")
        is_whole = bool(ended) and not line.strip()
        self.whole = BEGIN + part
        self._body = f"{body}\n" if is_whole else ""
        self.rest = newline + after
        found = UID.search(self._body)
        self.uid = "" if found is None else found[1].strip()
        self.outside = False

    def is_outside(self, earliest: str, latest: str) -> bool:
        """Return whether all its days are before or after these, as YYYYMMDD, and nothing says that it recurs."""
        upper = self._body.upper()
        days: list[str] = DAYS.findall(self._body)
        if not days or upper.count("\nDTSTART") != 1 or upper.count("\nDTEND") != len(days) - 1:
            return False
        if any(word in upper for word in RECURS):
            return False
        return max(days) < earliest or min(days) > latest
