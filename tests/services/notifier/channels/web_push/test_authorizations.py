"""Signed headers for push services: used again for hours, and never for another service, key or time."""

from pathlib import Path

from services.notifier.channels.web_push.authorizations import MOST, REUSED_S, Authorizations
from services.notifier.channels.web_push.vapid_keys import VapidKeys
from tests.services.notifier.channels.web_push.push_peer import NOW

ORIGIN, CONTACT = "https://push.example", "mailto:us@tips.example"


def test_a_header_is_used_again_for_one_push_service_and_key(tmp_path: Path) -> None:
    """Signatures differ each time, so that an equal header is the same one."""
    keys, headers = VapidKeys(tmp_path), Authorizations(CONTACT)
    first = headers.header(keys.current(NOW), ORIGIN, NOW)
    assert headers.header(keys.current(NOW), ORIGIN, NOW + REUSED_S - 1) == first
    assert headers.header(keys.current(NOW), "https://other.example", NOW) != first
    assert headers.header(keys.rotate(NOW + 1), ORIGIN, NOW + 1) != first


def test_a_header_is_signed_anew_after_some_hours_and_when_the_clock_goes_back(tmp_path: Path) -> None:
    """It never ends while it is under way, nor does it end a day after the time that the clock says now."""
    key, headers = VapidKeys(tmp_path).current(NOW), Authorizations(CONTACT)
    first = headers.header(key, ORIGIN, NOW)
    later = headers.header(key, ORIGIN, NOW + REUSED_S)
    assert later != first
    assert headers.header(key, ORIGIN, NOW) not in {first, later}


def test_so_many_are_remembered_and_no_more(tmp_path: Path) -> None:
    """Whoever names one push service after another makes the oldest ones be signed anew, and nothing grow."""
    key, headers = VapidKeys(tmp_path).current(NOW), Authorizations(CONTACT)
    first = headers.header(key, ORIGIN, NOW)
    for number in range(MOST):
        headers.header(key, f"https://push-{number}.example", NOW)
    assert headers.header(key, ORIGIN, NOW) != first
