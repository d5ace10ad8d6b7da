"""What is left out of a calendar's text before it is read: nothing that could be in the window."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from services.integrations.calendars import calendar_reading
from services.integrations.calendars.calendar_items import CalendarRead, SyncWindow
from services.integrations.calendars.calendar_reading import read_calendar
from services.integrations.calendars.calendar_text import near
from services.integrations.connections.syncs import window_at
from tests.services.integrations.calendar_peer import calendar, event
from tests.services.integrations.world import START

WINDOW = window_at(START, "Pacific/Apia")
ZONES = ("", ";TZID=Pacific/Apia", ";TZID=America/New_York", ";TZID=Europe/Berlin", ";TZID=Nowhere/At-All")


def _entry(draw: random.Random, number: int) -> str:
    """An entry of any kind, most of them around an end of the window."""
    edge = draw.choice((WINDOW.since, WINDOW.until, START, START - 9e7))
    starts = datetime.fromtimestamp(edge, UTC) + timedelta(hours=draw.randint(-120, 120))
    ends = starts + timedelta(hours=draw.choice((0, 1, 30, 500)))
    zone, uid = draw.choice(ZONES), f"uid-{draw.randint(0, number)}"
    more = draw.choice(
        ({}, {"RRULE": "FREQ=WEEKLY"}, {"RECURRENCE-ID": f"{starts:%Y%m%dT%H%M%S}"}, {"DURATION": "P40D"})
    )
    if draw.random() < 0.3:
        return event(
            uid, f";VALUE=DATE:{starts:%Y%m%d}", f";VALUE=DATE:{ends + timedelta(days=1):%Y%m%d}", SUMMARY="Day"
        )
    end = "" if more or draw.random() < 0.2 else f"{zone}:{ends:%Y%m%dT%H%M%S}"
    return event(uid, f"{zone}:{starts:%Y%m%dT%H%M%S}", end, SUMMARY=f"Entry {number}", **more)


@pytest.mark.parametrize("seed", range(6))
def test_what_is_read_is_the_same(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    """Of entries in every zone, of days, of series and of those moved out of them, at both ends of the window."""
    draw = random.Random(seed)  # noqa: S311  # draws what is tried
    body = calendar(*(_entry(draw, number) for number in range(120)))
    read = read_calendar(body, WINDOW)
    monkeypatch.setattr(calendar_reading, "near", lambda text, _: text)
    whole = read_calendar(body, WINDOW)
    assert isinstance(read, CalendarRead)
    assert isinstance(whole, CalendarRead)
    assert len(read.items) > 10
    assert (read.items, read.components) == (whole.items, whole.components)


def _days(count: int, **more: str) -> str:
    base = datetime(2019, 1, 1, tzinfo=UTC)
    starts = [base + timedelta(hours=2 * number) for number in range(count)]
    entries = [event(f"e{at:%Y%m%d%H}", f":{at:%Y%m%dT%H%M%SZ}", f":{at:%Y%m%dT%H5900Z}", **more) for at in starts]
    return calendar(*entries).decode()


def test_of_years_of_entries_the_few_of_the_window_are_read() -> None:
    """Nineteen thousand of them are a text without an entry; those that recur all stay."""
    assert near(_days(19_000), WINDOW).count("BEGIN:VEVENT") == 0
    assert near(_days(19_000), SyncWindow(START - 1.5e8, START, "UTC")).count("BEGIN:VEVENT") > 1_000
    assert near(_days(300, RRULE="FREQ=YEARLY"), WINDOW).count("BEGIN:VEVENT") == 300


@pytest.mark.parametrize(
    "entry",
    [
        "BEGIN:VEVENT\r\nDTSTART:20190101T100000Z\r\nrrule:FREQ=WEEKLY\r\nEND:VEVENT",
        "BEGIN:VEVENT\r\nDTSTART:20190101T100000Z\r\nRRU\r\n LE:FREQ=WEEKLY\r\nEND:VEVENT",
        "BEGIN:VEVENT\r\nDTSTART:20190101T100000Z\r\ndtend:20270201T100000Z\r\nEND:VEVENT",
        "BEGIN:VEVENT\r\nDTSTART:20190101T100000Z\r\nDTSTART:20270116T100000Z\r\nEND:VEVENT",
        'BEGIN:VEVENT\r\nDTSTART;TZID="a:20190101":20270116T100000\r\nEND:VEVENT',
        "BEGIN:VEVENT\r\nDTSTART:20190101T100000Z\r\nBEGIN:VEVENT\r\nEND:VEVENT\r\nEND:VEVENT",
        "BEGIN:VEVENT\r\nDTSTART:20190101T100000Z\r\nDTEND:20190101T110000Z",
        "BEGIN:VEVENT\r\nDTSTART:2019\r\nEND:VEVENT",
        "BEGIN:VEVENT\r\nEND:VEVENT",
    ],
)
def test_what_is_not_sure_stays(entry: str) -> None:
    """An entry whose days are not both plainly there, or that may recur, whoever wrote it and however."""
    left = near(f"BEGIN:VCALENDAR\r\n{entry}\r\nEND:VCALENDAR", WINDOW)
    assert left.count("VEVENT") == entry.count("VEVENT")
