"""Waits as peers ask for them: seconds or a date, at most a day."""

from email.utils import formatdate

import pytest

from kit.egress.retry_after import retry_after_s

NOW = 1_800_000_000.0


def test_seconds_and_dates_are_read() -> None:
    """Both count from the clock, and neither for more than a day."""
    assert [retry_after_s(each, NOW) for each in (None, "0", "120", "999999999999")] == [None, 0.0, 120.0, 86_400.0]
    assert retry_after_s(formatdate(NOW + 90, usegmt=True), NOW) == 90.0


@pytest.mark.parametrize("value", ["", "-1", "1.5", "٣", "Wed", "Wed, 99 Nov 2026 00:00:00 GMT", "0" * 5000 + "x"])
def test_a_wait_that_is_none_is_none(value: str) -> None:
    """Whatever stands there."""
    assert retry_after_s(value, NOW) is None


def test_a_moment_that_is_over_is_now() -> None:
    """A date before the clock is no wait, and one without a zone is read."""
    assert retry_after_s(formatdate(NOW - 60, usegmt=True), NOW) == 0.0
    assert retry_after_s("Wed, 21 Oct 2099 07:28:00", NOW) == 86_400.0
