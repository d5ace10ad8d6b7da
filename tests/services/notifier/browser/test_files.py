"""What browsers load for push messages, and what it may load in turn."""

import pytest

from services.notifier.browser.files import page_script, push_page, worker_script
from services.notifier.browser.routes import ROUTES
from services.notifier.mail_links.pages import Page


def test_the_page_runs_its_own_script_alone() -> None:
    """No script stands in the page, and what runs there reaches this site alone."""
    html, headers = push_page()
    assert html.count(b"<script") == 1
    assert b'<script src="/v1/push/page.js" defer></script>' in html
    policy = headers["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'"} <= set(policy)


def test_the_worker_controls_no_other_page() -> None:
    """It may be registered for the page's path only, is looked at anew each time, and asks this site alone."""
    script, headers = worker_script()
    assert headers["Service-Worker-Allowed"] == "/v1/push"
    assert headers["Cache-Control"] == "no-cache"
    assert headers["Content-Security-Policy"] == "default-src 'none'; connect-src 'self'"
    assert b'addEventListener("fetch"' not in script


@pytest.mark.parametrize("made", [page_script(), worker_script()])
def test_both_scripts_subscribe_in_the_same_way(made: Page) -> None:
    """The same text stands before their own, which has a listener."""
    script = made[0]
    assert script.index(b"async function subscribe(") < script.index(b"addEventListener(")


def test_what_is_loaded_is_nobodys_own() -> None:
    """It is the same without a sign-in, so that a worker can be updated after its session ended."""
    assert {route.path: route.security.name for route in ROUTES} == {
        "/v1/push": "PUBLIC",
        "/v1/push/page.js": "PUBLIC",
        "/v1/push/worker.js": "PUBLIC",
    }
