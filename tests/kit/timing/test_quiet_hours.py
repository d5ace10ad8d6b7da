"""Quiet hours against a scan of every minute, which knows nothing but how an instant reads on the user's wall clock."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.modules.profile import Quiet, Weekday
from kit.timing.quiet_hours import DAYS, earliest_allowed, is_quiet

MINUTE_S, DAY_MINUTES, QUARTER = 60, 1_440, 15
COUNTED = [timedelta(minutes=number) for number in range(QUARTER)]
ZONES = sorted(available_timezones() - {"Factory", "localtime", "posixrules"})
HARD = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "Africa/Casablanca",
    "Antarctica/Troll",
)
FROM, UNTIL = datetime(1990, 1, 1, tzinfo=UTC), datetime(2037, 1, 1, tzinfo=UTC)
"""Offsets of these years are whole minutes."""


def wall(at: float, zone: ZoneInfo) -> datetime:
    """How an instant reads on the wall clock."""
    return datetime.fromtimestamp(at, zone).replace(tzinfo=None)


def walls_from(first: float, minutes: int, zone: ZoneInfo) -> list[datetime]:
    """How each of the minutes reads; where the clock has run evenly over a quarter of an hour, it is only counted on.

    Looking at each took most of the time of these tests.
    """
    found = list[datetime]()
    for at in range(int(first), int(first) + minutes * MINUTE_S, QUARTER * MINUTE_S):
        begins, ends = wall(at, zone), wall(at + QUARTER * MINUTE_S, zone)
        if ends - begins == timedelta(minutes=QUARTER):
            found += [begins + minute for minute in COUNTED]
        else:
            found += [wall(at + number * MINUTE_S, zone) for number in range(QUARTER)]
    return found[:minutes]


def around(read: datetime, instants: Sequence[float]) -> range:
    """The places of the instants that can read so on any wall clock, whose offset is always less than a day."""
    place = int(read.replace(tzinfo=UTC).timestamp() - instants[0]) // MINUTE_S
    return range(max(0, place - DAY_MINUTES), min(len(instants), place + DAY_MINUTES + 1))


def quiet_minutes(windows: Sequence[Quiet], zone: ZoneInfo, first: float, minutes: int) -> list[bool]:
    """Whether each of the minutes from `first` on is quiet, by the windows that start on any day around.

    A window is from the first minute that reads `start` or later to the last that reads earlier than `end`.
    """
    ahead = 3 * DAY_MINUTES
    instants = [first + (number - ahead) * MINUTE_S for number in range(minutes + 2 * ahead)]
    walls = walls_from(instants[0], len(instants), zone)
    quiet = [False] * len(instants)
    day, last = min(walls).date() + timedelta(days=1), max(walls).date() - timedelta(days=1)
    while day < last:
        for window in windows:
            if DAYS[day.weekday()] is window.day and window.start != window.end:
                start = datetime.combine(day, datetime.strptime(window.start, "%H:%M").time())  # noqa: DTZ007  # wall
                end = datetime.combine(day, datetime.strptime(window.end, "%H:%M").time())  # noqa: DTZ007  # wall
                end += timedelta(days=0 if window.end > window.start else 1)
                begins = next(number for number in around(start, instants) if walls[number] >= start)
                ends = next(number for number in reversed(around(end, instants)) if walls[number] < end)
                quiet[begins : ends + 1] = [True] * max(0, ends + 1 - begins)
        day += timedelta(days=1)
    return quiet[ahead : ahead + minutes]


def agrees(windows: Sequence[Quiet], zone: ZoneInfo, at: float, days: int = 8) -> None:
    """Assert that it is quiet when the scan says so, and released at the scan's first minute that is not."""
    minutes = quiet_minutes(windows, zone, at, days * DAY_MINUTES)
    assert is_quiet(windows, zone, at) == minutes[0]
    found = earliest_allowed(windows, zone, at)
    if all(minutes):
        assert found is None
        return
    assert found == at + minutes.index(False) * MINUTE_S
    assert earliest_allowed(windows, zone, found) == found
    assert not is_quiet(windows, zone, found)


DAY_S = 86_400
WEEKS = range(int(FROM.timestamp()), int(UNTIL.timestamp()), 7 * DAY_S)


def offset(zone: ZoneInfo, at: int) -> timedelta | None:
    """The zone's offset from UTC at an instant."""
    return datetime.fromtimestamp(at, zone).utcoffset()


@cache
def course(zone: ZoneInfo) -> tuple[tuple[int, timedelta | None], ...]:
    """The days of these years on which the zone's offset changes, and what it is from then on.

    Looked for in the weeks over which it differs. Zones with equal ones are one zone with several names.
    """
    found = [(WEEKS[0], offset(zone, WEEKS[0]))]
    for week in WEEKS:
        if offset(zone, week + 7 * DAY_S) != found[-1][1]:
            days = range(week + DAY_S, week + 8 * DAY_S, DAY_S)
            found += [(day, offset(zone, day)) for day in days if offset(zone, day) != offset(zone, day - DAY_S)]
    return tuple(found)


def transitions(zone: ZoneInfo) -> list[float]:
    """The instants at which an offset changes, to the day."""
    return [float(day - DAY_S) for day, _ in course(zone)[1:]]


wall_times = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.sampled_from([0, 1, 15, 30, 45, 59]))
windows_of_a_week = st.lists(st.builds(Quiet, st.sampled_from(list(Weekday)), wall_times, wall_times), max_size=10)


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(HARD), windows_of_a_week, st.integers(0, 2**31), st.integers(-3, 3))
def test_a_notice_is_released_at_the_earliest_minute(name: str, windows: list[Quiet], chance: int, days: int) -> None:
    """Around changes of the clock in the zones that do it oddly: the first minute of the scan that is allowed."""
    zone = ZoneInfo(name)
    changes = transitions(zone) or [FROM.timestamp()]
    at = changes[chance % len(changes)] + days * 3_600 * 7 + chance % DAY_MINUTES * MINUTE_S
    agrees(windows, zone, at // MINUTE_S * MINUTE_S)


@pytest.mark.slow
def test_every_zone_is_released_at_the_earliest_minute() -> None:
    """Each zone of the database at one of its last changes, with nights as people set them and at odd hours."""
    chance = random.Random(7)  # noqa: S311  # a seeded course
    zones = {course(ZoneInfo(name)): ZoneInfo(name) for name in ZONES}
    for zone in zones.values():
        at = chance.choice(transitions(zone)[-30:] or [UNTIL.timestamp() - 9e6]) + chance.randrange(-1_440, 1_440) * 60
        nights = [Quiet(day, chance.choice(["22:00", "01:30", "23:59"]), "02:30") for day in DAYS]
        agrees(nights, zone, at, days=1)


def at_utc(text: str) -> float:
    """Unix seconds of a time in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("zone", "window", "now", "until"),
    [
        ("Europe/Berlin", Quiet(Weekday.SAT, "22:00", "07:00"), "2026-10-24 21:00", "2026-10-25 06:00"),
        ("Europe/Berlin", Quiet(Weekday.SAT, "22:00", "02:30"), "2026-10-24 21:00", "2026-10-25 01:30"),
        ("Europe/Berlin", Quiet(Weekday.SAT, "22:00", "02:30"), "2026-03-28 22:00", "2026-03-29 01:00"),
        ("Europe/Berlin", Quiet(Weekday.SUN, "02:30", "05:00"), "2026-10-25 01:10", "2026-10-25 04:00"),
        ("Australia/Lord_Howe", Quiet(Weekday.SUN, "01:00", "01:45"), "2026-04-04 14:30", "2026-04-04 15:15"),
        ("Pacific/Apia", Quiet(Weekday.FRI, "22:00", "07:00"), "2011-12-30 10:30", "2011-12-30 17:00"),
        ("Asia/Kathmandu", Quiet(Weekday.MON, "22:00", "06:00"), "2026-06-01 17:00", "2026-06-02 00:15"),
    ],
)
def test_windows_where_a_clock_changes(zone: str, window: Quiet, now: str, until: str) -> None:
    """Ten hours of a night in autumn; the second of two 02:30; the end of a gap; a day that was left out."""
    assert is_quiet([window], ZoneInfo(zone), at_utc(now))
    assert earliest_allowed([window], ZoneInfo(zone), at_utc(now)) == at_utc(until)


def test_equal_is_off_and_a_whole_week_is_never() -> None:
    """A window of no length holds nothing; seven that touch each other leave no minute."""
    zone, now = ZoneInfo("Europe/Berlin"), at_utc("2026-11-29 12:00")
    assert earliest_allowed([Quiet(day, "22:00", "22:00") for day in DAYS], zone, now) == now
    assert earliest_allowed([Quiet(day, "22:00", "21:59") for day in DAYS], zone, now) == at_utc("2026-11-29 20:59")
    assert (
        earliest_allowed(
            [*(Quiet(day, "22:00", "21:59") for day in DAYS), *(Quiet(day, "21:00", "23:00") for day in DAYS)],
            zone,
            now,
        )
        is None
    )
