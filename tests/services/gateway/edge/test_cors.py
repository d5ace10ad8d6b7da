"""Where requests come from."""

import pytest

from services.gateway.edge.cors import address_of, cors, from_elsewhere, is_foreign

TRUSTED = frozenset({"10.0.0.1", "10.0.0.2"})


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "1.1.1.1, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "1.1.1.1, not-an-address", "10.0.0.1"),
        ("10.0.0.1", "2001:DB8::1", "2001:db8::1"),
    ],
)
def test_only_trusted_proxies_are_believed(peer: str, forwarded: str, found: str) -> None:
    """The nearest address that is no trusted proxy; what the client wrote before it does not count."""
    assert address_of(peer, forwarded, TRUSTED) == found


def test_no_proxy_is_trusted_without_a_setting() -> None:
    """Everybody may write the header."""
    assert address_of("127.0.0.1", "198.51.100.1", frozenset()) == "127.0.0.1"


def test_other_origins_are_an_exact_list() -> None:
    """None by default; a neighbour of a listed one gets nothing; cookies are never allowed."""
    allowed = frozenset({"https://app.example"})
    assert cors({"origin": "https://app.example"}, frozenset(), preflight=False) == []
    for origin in ("https://app.example.evil", "https://app.example:444", "http://app.example", "null", ""):
        assert cors({"origin": origin}, allowed, preflight=True) == [(b"vary", b"Origin")]
    fields = dict(cors({"origin": "https://app.example"}, allowed, preflight=False))
    assert fields[b"access-control-allow-origin"] == b"https://app.example"
    assert b"access-control-allow-credentials" not in fields


@pytest.mark.parametrize(
    ("method", "site", "mode", "elsewhere"),
    [
        ("GET", "same-origin", "cors", False),
        ("GET", None, None, False),
        ("GET", "none", "navigate", False),
        ("GET", "cross-site", "navigate", False),
        ("GET", "cross-site", "no-cors", True),
        ("GET", "same-site", "cors", True),
        ("POST", "same-site", "navigate", True),
    ],
)
def test_browsers_say_whose_page_asks(method: str, site: str | None, mode: str | None, elsewhere: bool) -> None:
    """Links may be followed; everything else of another site or port may not come with our cookie."""
    given = {"sec-fetch-site": site, "sec-fetch-mode": mode}
    assert from_elsewhere(method, {name: value for name, value in given.items() if value}) is elsewhere


@pytest.mark.parametrize(
    ("method", "given", "foreign"),
    [
        ("GET", {}, False),
        ("POST", {"origin": "http://here:1"}, False),
        ("POST", {"origin": "https://app.example", "sec-fetch-site": "cross-site"}, False),
        ("POST", {"origin": "https://evil.example"}, True),
        ("POST", {"origin": "null"}, True),
        ("GET", {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"}, True),
        ("GET", {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}, False),
        ("GET", {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"}, True),
        ("GET", {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-purpose": "prefetch"}, True),
        ("GET", {"sec-fetch-site": "same-origin", "sec-fetch-mode": "cors"}, False),
    ],
)
def test_what_another_sites_page_sends_is_foreign(method: str, given: dict[str, str], foreign: bool) -> None:
    """By its Origin or by what the browser says; a link that is followed is not, a frame or a prefetch is."""
    assert is_foreign(method, given, frozenset({"here:1"}), frozenset({"https://app.example"})) is foreign
