"""What of its time a calendar takes, against a count of minutes, and the next hour that is free."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.integrations.calendars.busy_time import QUARTER_S, busy_time, next_free_hour
from services.integrations.calendars.calendar_items import CalendarItem, SyncWindow

DAY_S = 86_400.0
SINCE = datetime(2027, 1, 15, tzinfo=UTC).timestamp()
DAY = SyncWindow(SINCE, SINCE + 2 * DAY_S, "UTC")
BERLIN = ZoneInfo("Europe/Berlin")


def _item(start: float, end: float, *, busy: bool = True) -> CalendarItem:
    return CalendarItem(key=f"{start}", starts_at=start, ends_at=end, all_day=False, busy=busy, title="")


def _at(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


@given(st.lists(st.tuples(st.integers(-600, 3_600), st.integers(0, 600), st.booleans()), max_size=6))
def test_a_quarter_is_free_if_no_busy_minute_is_in_it(drawn: list[tuple[int, int, bool]]) -> None:
    """Minute by minute, for whatever begins before the window, ends after it or lasts no time."""
    items = [_item(SINCE + 60 * start, SINCE + 60 * (start + length), busy=busy) for start, length, busy in drawn]
    found = busy_time(items, DAY)
    taken = {minute for start, length, busy in drawn if busy for minute in range(start, start + length)}
    for quarter in range(2 * 96):
        free = not taken & set(range(15 * quarter, 15 * (quarter + 1)))
        assert found.is_free(found.first + quarter) == free


def test_nothing_is_known_outside_the_window() -> None:
    """Neither before nor after it is a quarter free."""
    found = busy_time([], DAY)
    assert found.is_free(found.first)
    assert not found.is_free(found.first - 1)
    assert not found.is_free(found.first + 2 * 96)


@pytest.mark.parametrize(
    ("now", "zone", "expected"),
    [
        ("2027-01-15T08:10:00+00:00", "UTC", "2027-01-15T11:00:00+00:00"),
        ("2027-01-15T11:00:00+00:00", "UTC", "2027-01-15T11:00:00+00:00"),
        ("2027-01-15T20:10:00+00:00", "UTC", "2027-01-16T08:00:00+00:00"),
        ("2027-01-15T08:10:00+00:00", "Asia/Kathmandu", "2027-01-15T11:15:00+00:00"),
        ("2027-01-17T08:10:00+00:00", "UTC", None),
    ],
)
def test_the_next_free_hour_is_a_full_one_by_day(now: str, zone: str, expected: str | None) -> None:
    """Of the zone's clock, free in every calendar, and none beyond what was read."""
    first = busy_time([_item(_at("2027-01-15T08:00:00+00:00"), _at("2027-01-15T10:20:00+00:00"))], DAY)
    second = busy_time([_item(_at("2027-01-15T09:00:00+00:00"), _at("2027-01-15T10:40:00+00:00"))], DAY)
    found = next_free_hour([first, second], ZoneInfo(zone), _at(now))
    assert found == (None if expected is None else _at(expected))


def test_the_day_of_a_clock_change_has_its_hours() -> None:
    """Where an hour is missing or there twice, the named one is an hour long and by the local clock."""
    since = _at("2027-03-27T00:00:00+00:00")
    found = busy_time([], SyncWindow(since, since + 3 * DAY_S, "UTC"))
    free = next_free_hour([found], BERLIN, _at("2027-03-28T01:30:00+00:00"))
    assert free == _at("2027-03-28T08:00:00+02:00")
    assert free % QUARTER_S == 0
