from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.times import (
    day_of,
    iso,
    iso_if_known,
    iso_of_milliseconds,
    milliseconds,
    start_of,
    unix_seconds,
    utc_now,
)

PARIS = timezone(timedelta(hours=2))


def test_a_time_is_told_in_utc_to_the_microsecond() -> None:
    """From Unix seconds, and from a datetime of any zone."""
    assert iso(0) == "1970-01-01T00:00:00.000000+00:00"
    assert iso(1_800_000_000.25) == "2027-01-15T08:00:00.250000+00:00"
    assert iso(datetime(2027, 1, 15, 10, 0, tzinfo=PARIS)) == "2027-01-15T08:00:00.000000+00:00"


def test_a_time_may_be_told_more_shortly() -> None:
    """To the millisecond, cut off; or with a fraction only where there is one."""
    assert iso(0.0019, "milliseconds") == "1970-01-01T00:00:00.001+00:00"
    assert iso(1_800_000_000.0, "auto") == "2027-01-15T08:00:00+00:00"
    assert iso(1_800_000_000.5, "auto") == "2027-01-15T08:00:00.500000+00:00"


def test_a_time_that_is_not_known_is_none() -> None:
    """Zero is a time."""
    assert iso_if_known(None) is None
    assert iso_if_known(0.0, "auto") == "1970-01-01T00:00:00+00:00"


def test_now_is_now() -> None:
    """The clock of this machine, as text that sorts by time."""
    before = iso(datetime.now(UTC))
    assert before <= utc_now() <= iso(datetime.now(UTC))


@given(st.integers(0, 4_000_000_000_000_000))
def test_a_time_read_again_is_the_same_microsecond(microseconds: int) -> None:
    """From 1970 to 2096."""
    moment = microseconds / 1e6
    assert round(unix_seconds(iso(moment)) * 1e6) == round(moment * 1e6)


@given(st.integers(0, 4_000_000_000_000))
def test_whole_milliseconds_stay_what_they_are(count: int) -> None:
    """As Unix seconds and as text, from 1970 to 2096, so that nothing is rounded a second time."""
    assert milliseconds(count / 1_000) == milliseconds(unix_seconds(iso(count / 1_000))) == count


def test_no_time_is_refused() -> None:
    """Other text is a ValueError."""
    with pytest.raises(ValueError, match="Invalid isoformat"):
        unix_seconds("yesterday")


def test_a_time_without_its_offset_is_refused() -> None:
    """It would be another moment on every machine."""
    with pytest.raises(ValueError, match=r"2027-01-15T08:00:00 has no offset from UTC: end it with Z"):
        unix_seconds("2027-01-15T08:00:00")


def test_whole_milliseconds_are_a_time() -> None:
    """Zero is one, and a time that is not known is none."""
    assert iso_of_milliseconds(1_800_000_000_250) == "2027-01-15T08:00:00.250000+00:00"
    assert iso_of_milliseconds(0) == "1970-01-01T00:00:00.000000+00:00"
    assert iso_of_milliseconds(None) is None


def test_a_day_is_one_of_utc_and_begins_at_midnight() -> None:
    """Another spelling is none, though it names a day."""
    assert [day_of(0.0), day_of(86_399.9), day_of(86_400.0)] == ["1970-01-01", "1970-01-01", "1970-01-02"]
    assert start_of("1970-01-02") == 86_400.0
    for text in ("1970-1-2", "19700102", "1970-02-30", ""):
        with pytest.raises(ValueError, match="is no day"):
            start_of(text)
