"""Calendars as strangers write them: zones, days, recurrence without end, and what is no calendar."""

from datetime import UTC, datetime

import pytest

from services.integrations.calendars.calendar_items import (
    MOST_COMPONENTS,
    MOST_ITEMS,
    CalendarFault,
    CalendarRead,
    SyncWindow,
)
from services.integrations.calendars.calendar_process import calendar_of
from services.integrations.calendars.calendar_reading import read_calendar
from tests.services.integrations.calendar_peer import calendar, event

SINCE = datetime(2027, 1, 15, tzinfo=UTC).timestamp()
WEEK = SyncWindow(SINCE, SINCE + 7 * 86_400.0, "Europe/Berlin")


DAYS = range(1, 29)
EACH_HOUR, EACH_MINUTE = (",".join(map(str, range(most))) for most in (24, 60))


def _read(*events: str, head: str = "", window: SyncWindow = WEEK) -> CalendarRead:
    found = read_calendar(calendar(*events, head=head), window)
    assert isinstance(found, CalendarRead), found
    return found


def _times(found: CalendarRead) -> list[str]:
    return [datetime.fromtimestamp(item.starts_at, UTC).strftime("%d %H:%M") for item in found.items]


@pytest.mark.parametrize(
    ("start", "head", "expected"),
    [
        (":20270115T090000Z", "", "15 09:00"),
        (";TZID=America/New_York:20270115T090000", "", "15 14:00"),
        (";TZID=Asia/Kathmandu:20270115T090000", "", "15 03:15"),
        (":20270115T090000", "", "15 08:00"),
        (":20270115T090000", "X-WR-TIMEZONE:Asia/Tokyo", "15 00:00"),
        (";VALUE=DATE:20270116", "", "15 23:00"),
        (";TZID=Mars/Olympus:20270115T090000", "", "15 08:00"),
        (";TZID=../../../etc/passwd:20270115T090000", "", "15 08:00"),
        (";TZID=Europe:20270115T090000", "", "15 08:00"),
        (f";TZID={'x' * 5_000}:20270115T090000", "", "15 08:00"),
        (":20270115T090000", "X-WR-TIMEZONE:Mars/Olympus", "15 08:00"),
        (":20270115T090000", "X-WR-TIMEZONE:Europe", "15 08:00"),
        (":20270115T090000", "X-WR-TIMEZONE:/etc/localtime", "15 08:00"),
        (":20270115T090000", "X-WR-TIMEZONE:a\0b", "15 08:00"),
        (":20270115T090000", "X-WR-TIMEZONE:Tokyo Standard Time", "15 00:00"),
    ],
)
def test_a_start_is_read_in_its_zone(start: str, head: str, expected: str) -> None:
    """In its own, else in the calendar's, else in the user's; a zone that does not exist is none, and counted."""
    found = _read(event("a", start, SUMMARY="x"), head=head)
    assert (_times(found), found.unknown_zones) == (
        [expected],
        int(expected == "15 08:00" and (start, head) != (":20270115T090000", "")),
    )
    assert found.items[0].all_day == ("DATE" in start)


def test_the_zone_that_a_calendar_describes_itself_counts() -> None:
    """A VTIMEZONE of a name that nobody else knows, as Outlook and Zimbra write them."""
    zone = (
        "BEGIN:VTIMEZONE\r\nTZID:Their/Own\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
        "TZOFFSETFROM:+0500\r\nTZOFFSETTO:+0500\r\nEND:STANDARD\r\nEND:VTIMEZONE"
    )
    found = _read(zone, event("a", ";TZID=Their/Own:20270115T090000", SUMMARY="x"))
    assert (_times(found), found.unknown_zones) == (["15 04:00"], 0)


def test_what_recurs_is_expanded_in_the_window_alone() -> None:
    """Without end, with a day left out, and with one that was moved; the clock's change moves none of them."""
    series = event(
        "s",
        ";TZID=Europe/Berlin:20200106T090000",
        ";TZID=Europe/Berlin:20200106T093000",
        SUMMARY="Daily",
        RRULE="FREQ=DAILY",
        **{"EXDATE;TZID=Europe/Berlin": "20270117T090000"},
    )
    moved = event(
        "s",
        ";TZID=Europe/Berlin:20270118T150000",
        SUMMARY="Moved",
        **{"RECURRENCE-ID;TZID=Europe/Berlin": "20270118T090000"},
    )
    found = _read(series, moved)
    assert _times(found) == ["15 08:00", "16 08:00", "18 14:00", "19 08:00", "20 08:00", "21 08:00"]
    assert [item.title for item in found.items].count("Moved") == 1
    assert len({item.key for item in found.items}) == 6
    spring = datetime(2027, 3, 27, tzinfo=UTC).timestamp()
    assert _times(_read(series, window=SyncWindow(spring, spring + 2 * 86_400.0, "UTC"))) == ["27 08:00", "28 07:00"]


def test_what_cannot_be_taken_is_counted_and_hides_nothing() -> None:
    """Entries without a time, with one that is none, before their start, or thousands a day."""
    found = _read(
        event("ok", ":20270115T090000Z", SUMMARY="Good"),
        event("bad", ":yesterday", SUMMARY="Bad"),
        event("back", ":20270115T090000Z", ":20270115T080000Z"),
        event("rule", ":20270115T090000Z", RRULE="FREQ=SOMETIMES"),
        "BEGIN:VEVENT\r\nUID:none\r\nSUMMARY:No time\r\nEND:VEVENT",
        event("each", ":20270101T000000Z", RRULE="FREQ=SECONDLY"),
        event("minute", ":20270101T000000Z", RRULE="FREQ=MINUTELY;INTERVAL=2"),
        event("late", ":99991231T235959Z", RRULE="FREQ=YEARLY"),
        event("nul", ";TZID=a\0b:20270115T090000"),
        event("how", ":20270115T090000Z", RRULE="COUNT=5"),
        event("empty", ":20270115T090000Z", RRULE=""),
        event("still", ":20270115T090000Z", RRULE="FREQ=DAILY;INTERVAL=0"),
        event("both", ":20270115T090000Z", RRULE="FREQ=DAILY;INTERVAL=1,2"),
        event("ever", ":19000101T000000Z", RRULE="FREQ=HOURLY;COUNT=1000000000"),
        event("first", ":00010101T000000Z", RRULE="FREQ=DAILY"),
        event("dense", ":20260101T000000Z", RRULE=f"FREQ=DAILY;BYHOUR={EACH_HOUR};BYMINUTE={EACH_MINUTE}"),
    )
    assert [item.title for item in found.items] == ["Good"]
    assert found.left_out == {"unreadable": 9, "too-frequent": 5}


def test_long_lists_of_dates_and_a_zone_that_changes_each_second_are_read() -> None:
    """Thousands of dates added and left out, and a VTIMEZONE whose rule has no end; one without a start is a fault."""
    dates = ",".join(
        f"{year}{month:02}{day:02}T100000Z" for year in range(2020, 2030) for month in (1, 2) for day in DAYS
    )
    zone = (
        "BEGIN:VTIMEZONE\r\nTZID:Their/Own\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nRRULE:FREQ=SECONDLY\r\n"
        "TZOFFSETFROM:+0500\r\nTZOFFSETTO:+0500\r\nEND:STANDARD\r\nEND:VTIMEZONE"
    )
    found = _read(
        zone,
        event("more", ":20200101T100000Z", RDATE=dates),
        event("less", ":20200101T100000Z", RRULE="FREQ=DAILY", EXDATE=dates),
        event("own", ";TZID=Their/Own:20270115T090000"),
    )
    assert _times(found) == ["15 04:00", *(f"{day} 10:00" for day in range(15, 22))]
    startless = zone.replace("DTSTART:19700101T000000\r\n", "")
    assert isinstance(read_calendar(calendar(startless, event("a", ":20270115T090000Z")), WEEK), CalendarFault)


def test_what_takes_time_is_busy() -> None:
    """Unless it says that it is free, or was cancelled."""
    found = _read(
        event("a", ":20270115T090000Z", SUMMARY="a"),
        event("b", ":20270115T100000Z", SUMMARY="b", TRANSP="TRANSPARENT"),
        event("c", ":20270115T110000Z", SUMMARY="c", STATUS="CANCELLED"),
    )
    assert [item.busy for item in found.items] == [True, False, False]


def test_an_entry_that_lasts_for_ages_hides_no_other() -> None:
    """One from the first year, and one to the last of a zone behind UTC, are counted; the others are read."""
    moved = event("m", ":20270117T150000Z", **{"RECURRENCE-ID": "99990101T000000Z"})
    found = _read(
        event("ok", ":20270116T090000Z", ":20270116T100000Z", SUMMARY="Good"),
        event("a", ":00010101T000000Z", ":20270116T000000Z", SUMMARY="Since ever"),
        event("b", ":20270115T000000Z", ";TZID=America/New_York:99991231T235959", SUMMARY="For ever"),
        event("m", ":20270101T150000Z", RRULE="FREQ=WEEKLY"),
        moved,
    )
    assert (_times(found), found.left_out) == (["15 15:00", "16 09:00", "17 15:00"], {"unreadable": 2})


def test_a_title_is_one_bounded_line() -> None:
    """Without line breaks, however long it is; one that is no UTF-8 is read with marks."""
    found = _read(event("a", ":20270115T090000Z", SUMMARY="one\\ntwo\\n" + "x" * 500))
    assert found.items[0].title.startswith("one two xxx")
    assert len(found.items[0].title) == 200
    acting = _read(event("a", ":20270115T090000Z", SUMMARY="a\0b\u202ec \U0001f469\u200d\U0001f4bb"))
    assert acting.items[0].title == "a\\x00b\\u202ec \U0001f469\u200d\U0001f4bb"
    raw = calendar(event("a", ":20270115T090000Z", SUMMARY="Caf?")).replace(b"Caf?", b"Caf\xe9")
    broken = read_calendar(raw, WEEK)
    assert isinstance(broken, CalendarRead)
    assert broken.items[0].title == "Caf\ufffd"


def test_of_too_many_items_the_first_are_taken() -> None:
    """Hourly entries fill the window many times; how many are beyond is said."""
    found = _read(*[event(f"h{n}", ":20270101T000000Z", RRULE="FREQ=HOURLY") for n in range(31)])
    assert len(found.items) == MOST_ITEMS
    assert found.left_out == {"beyond": 31 * 168 - MOST_ITEMS}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "not-a-calendar"),
        (b"<html>BEGIN:VCALENDAR", "not-a-calendar"),
        (b"{}", "not-a-calendar"),
        (b"\xff\xfe\x00", "not-a-calendar"),
        (calendar()[:-5], "cut-short"),
        (b"BEGIN:VCALENDAR\r\nno line\r\nEND:VCALENDAR", "not-a-calendar"),
        (b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * MOST_COMPONENTS + b"END:VCALENDAR", "too-large"),
    ],
)
def test_what_is_no_calendar_is_a_fault(body: bytes, code: str) -> None:
    """With a code that says which."""
    found = read_calendar(body, WEEK)
    assert isinstance(found, CalendarFault)
    assert found.code == code


def test_calendars_behind_one_another_are_all_read() -> None:
    """With a byte order mark, too."""
    one = calendar(event("a", ":20270115T090000Z", SUMMARY="a"))
    found = read_calendar(b"\xef\xbb\xbf" + one + one.replace(b"UID:a", b"UID:b"), WEEK)
    assert isinstance(found, CalendarRead)
    assert len(found.items) == 2


def test_a_process_of_its_own_reads_the_same() -> None:
    """And what ends without an answer is a fault of ours, whatever it was."""
    body = calendar(event("a", ":20270115T090000Z", SUMMARY="a", RRULE="FREQ=DAILY"))
    assert calendar_of(body, WEEK) == read_calendar(body, WEEK)
    unreadable = calendar_of(body, SyncWindow(WEEK.since, WEEK.until, "Mars/Olympus"))
    assert isinstance(unreadable, CalendarFault)
    assert unreadable.code == "unreadable"
