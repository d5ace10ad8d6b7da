"""Has a calendar read by a process beside this one, a few at a time."""

import logging
from threading import BoundedSemaphore

import msgspec

from kit.processes.bounded import run_bounded
from services.integrations.calendars.calendar_items import CalendarFault, CalendarRead, SyncWindow
from services.integrations.calendars.calendar_reading import MOST_CPU_S

AT_ONCE = 2
LONGEST_S = 3.0 * MOST_CPU_S
"""Seconds of a clock that reading may take: giving way to others it may have a part of a core alone."""
MODULE = "services.integrations.calendars.calendar_reading"
_PLACES = BoundedSemaphore(AT_ONCE)
log = logging.getLogger(__name__)


def calendar_of(body: bytes, window: SyncWindow) -> CalendarRead | CalendarFault:
    """Return what of a calendar lies in the window, or why there is nothing; raise Cancelled at the process's end."""
    arguments = [str(window.since), str(window.until), window.time_zone]
    with _PLACES:
        ended = run_bounded(MODULE, arguments, LONGEST_S, body)
    if ended.returncode == 0:
        return msgspec.json.decode(ended.printed, type=CalendarRead | CalendarFault)
    log.error("reading a calendar of %d bytes ended with %d", len(body), ended.returncode)
    if ended.took_too_much:
        return CalendarFault("too-costly", f"reading the calendar took more than {MOST_CPU_S} s or too much memory")
    return CalendarFault("unreadable", "the calendar could not be read: the fault is ours, and the log has it")
