"""Frequency caps: rolling hours and days of the user's wall clock."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from contracts.modules.profile import Caps
from kit.timing.caps import Capped, SentNotice, capped

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> float:
    """Unix seconds of a wall time in Berlin."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp()


def test_a_day_is_the_users_own() -> None:
    """At 23:00 the day is full, at 00:00 it is another; what was sent the day before is of that one."""
    caps = Caps(per_day=1, per_24h=100, per_topic=100)
    sent = [SentNotice(at("2026-11-28 20:00"), "sleep")]
    assert capped(caps, sent, "work", BERLIN, at("2026-11-28 23:00")) == Capped("cap_day", at("2026-11-29 00:00"))
    assert capped(caps, sent, "work", BERLIN, at("2026-11-29 00:00")) is None


@pytest.mark.parametrize(("day", "hours"), [("2026-10-25", 25), ("2026-03-29", 23)])
def test_a_day_has_the_hours_it_has(day: str, hours: int) -> None:
    """The day on which a clock is put back is over an hour later."""
    caps = Caps(per_day=1, per_24h=100, per_topic=100)
    morning = at(f"{day} 00:00")
    reached = capped(caps, [SentNotice(morning, "sleep")], "work", BERLIN, morning)
    assert reached == Capped("cap_day", morning + hours * 3_600)


def test_the_rolling_cap_ends_when_enough_are_a_day_old() -> None:
    """Of three within 24 hours under a cap of two, the second oldest has to be a day old."""
    caps = Caps(per_24h=2, per_day=100, per_topic=100)
    times = [at("2026-11-28 08:00"), at("2026-11-28 12:00"), at("2026-11-28 16:00")]
    sent = [SentNotice(each, "sleep") for each in reversed(times)]
    assert capped(caps, sent, "work", BERLIN, times[2]) == Capped("cap_24h", times[1] + 86_400)
    assert capped(caps, sent, "work", BERLIN, times[1] + 86_400) is None


def test_a_topic_has_a_cap_of_its_own() -> None:
    """It counts the same topic of the day alone."""
    caps = Caps(per_24h=100, per_day=100, per_topic=1)
    sent = [SentNotice(at("2026-11-28 08:00"), "sleep")]
    now = at("2026-11-28 09:00")
    assert capped(caps, sent, "work", BERLIN, now) is None
    assert capped(caps, sent, "sleep", BERLIN, now) == Capped("cap_topic", at("2026-11-29 00:00"))


def test_no_time_lifts_a_cap_of_nothing() -> None:
    """A cap of 0 is for ever, and the one that lasts longest is said."""
    now = at("2026-11-28 09:00")
    assert capped(Caps(per_24h=0, per_day=1), [SentNotice(now, "sleep")], "work", BERLIN, now) == Capped(
        "cap_24h", None
    )


def test_the_apps_own_caps_count_where_the_user_set_none() -> None:
    """Two of a topic in a day, five in all."""
    now = at("2026-11-28 09:00")
    two = [SentNotice(now, "sleep")] * 2
    assert capped(Caps(), two, "work", BERLIN, now) is None
    assert capped(Caps(), two, "sleep", BERLIN, now) == Capped("cap_topic", at("2026-11-29 00:00"))
    reached = capped(Caps(), [SentNotice(now, str(number)) for number in range(5)], "work", BERLIN, now)
    assert reached == Capped("cap_24h", now + 86_400)
