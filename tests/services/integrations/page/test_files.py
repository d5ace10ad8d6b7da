"""What browsers load of the page of one's own connections, and what it may load in turn."""

from services.integrations.page.files import connections_page, page_script
from services.integrations.page.routes import ROUTES


def test_the_page_runs_its_own_script_alone() -> None:
    """No script stands in the page, and what runs there reaches this site alone."""
    html, headers = connections_page()
    assert html.count(b"<script") == 1
    assert b'<script src="/v1/connections/page.js" defer></script>' in html
    policy = headers["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'"} <= set(policy)


def test_the_script_writes_no_html() -> None:
    """Titles are strangers' texts: they become texts of elements, and never markup."""
    script, _ = page_script()
    assert not [word for word in (b"innerHTML", b"outerHTML", b"insertAdjacent", b"document.write") if word in script]


def test_what_is_loaded_is_nobodys_own() -> None:
    """It is the same without a sign-in: what it shows is requested by its script, of the user who is signed in."""
    paths = {route.path: route.security.name for route in ROUTES}
    assert paths == {"/v1/connections/page": "PUBLIC", "/v1/connections/page.js": "PUBLIC"}
