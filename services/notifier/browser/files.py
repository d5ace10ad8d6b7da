"""What browsers load for push messages: a page, its script and the service worker, each with its policy."""

from functools import cache
from pathlib import Path

from services.notifier.mail_links.pages import Page, page

SCOPE = "/v1/push"
"""Where the service worker is registered, so that it controls no other page of the app."""
WORKER_POLICY = "default-src 'none'; connect-src 'self'"
BODY = (
    '<p>Switching on agrees to this: <q id="consent">…</q></p>'
    '<p class="row"><button type="button" id="on" disabled>Switch on</button>'
    '<button type="button" id="off" disabled>Switch off</button>'
    '<button type="button" id="test" disabled>Send me a test</button></p>'
    '<p class="said" role="status">Loading …</p>'
    "<noscript><p>Push messages need JavaScript.</p></noscript>"
)


def push_page() -> Page:
    """Return the page that switches push messages on in a browser."""
    return page("Push messages in this browser", BODY, script=f"{SCOPE}/page.js")


def page_script() -> Page:
    """Return the page's script."""
    return _text("push_page.js"), {"Cache-Control": "no-cache"}


def worker_script() -> Page:
    """Return the service worker, which may be registered for its scope and may ask this origin alone."""
    headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": SCOPE, "Content-Security-Policy": WORKER_POLICY}
    return _text("worker.js"), headers


@cache
def _text(name: str) -> bytes:
    folder = Path(__file__).parent
    return b"\n".join((folder / each).read_bytes() for each in ("subscribing.js", name))
