import pytest

from services.auth.sessions.browser_policy import BrowserPolicy

LOCAL = BrowserPolicy(frozenset({"http://127.0.0.1:3000", "http://localhost:3000"}))
PUBLIC = BrowserPolicy(frozenset({"https://tips.example"}))


def test_the_cookie_follows_the_scheme() -> None:
    """`__Host-` and Secure over https, neither on plain loopback; the rest is equal."""
    assert (LOCAL.cookie, PUBLIC.cookie) == ("tipbench_session", "__Host-tipbench_session")
    assert LOCAL.cookie_shape(60) == {
        "max_age": 60,
        "secure": False,
        "path": "/",
        "httponly": True,
        "samesite": "lax",
    }
    assert PUBLIC.cookie_shape(60) == {**LOCAL.cookie_shape(60), "secure": True}


@pytest.mark.parametrize(
    "origins",
    [
        set(),
        {"http://tips.example"},
        {"http://127.0.0.1.example:3000"},
        {"https://tips.example", "http://localhost:3000"},
        {"https://tips.example/"},
        {"https://tips.example/admin"},
        {"https://"},
        {"tips.example"},
        {"*"},
        {"null"},
    ],
)
def test_origins_are_exact_and_plain_http_is_for_loopback(origins: set[str]) -> None:
    """Everything else is refused when the server is built."""
    with pytest.raises(ValueError, match=r"origin|https"):
        BrowserPolicy(frozenset(origins))


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://127.0.0.1:3000", "x-tipbench": "1"},
        {"origin": "http://localhost:3000", "content-type": "application/json"},
        {"origin": "http://localhost:3000", "content-type": "Application/JSON; charset=utf-8"},
    ],
)
def test_our_own_pages_may_change(headers: dict[str, str]) -> None:
    """Exact origin, and a header or a type that a foreign page must ask for first."""
    assert LOCAL.may_change("POST", headers)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-tipbench": "1", "content-type": "application/json"},
        {"origin": "http://127.0.0.1:3000"},
        {"origin": "http://127.0.0.1:3000", "x-tipbench": "yes"},
        {"origin": "http://127.0.0.1:3000", "content-type": "text/plain;application/json"},
        {"origin": "http://127.0.0.1:3000", "content-type": "xapplication/jsonp"},
        {"origin": "http://127.0.0.1:3000", "content-type": "application/x-www-form-urlencoded"},
        {"origin": "http://127.0.0.1:3001", "x-tipbench": "1"},
        {"origin": "http://127.0.0.1", "x-tipbench": "1"},
        {"origin": "https://127.0.0.1:3000", "x-tipbench": "1"},
        {"origin": "http://127.0.0.1:3000/", "x-tipbench": "1"},
        {"origin": "http://LOCALHOST:3000.evil.example", "x-tipbench": "1"},
        {"origin": "null", "x-tipbench": "1"},
        {"origin": "", "x-tipbench": "1"},
        {"referer": "http://127.0.0.1:3000/", "x-tipbench": "1"},
    ],
)
def test_others_may_not(headers: dict[str, str]) -> None:
    """Another port, scheme or name, no Origin, or a type that any page can send."""
    for method in ("POST", "PUT", "PATCH", "DELETE", "post", "PROPFIND"):
        assert not LOCAL.may_change(method, headers)


def test_reading_asks_for_nothing() -> None:
    """A GET changes nothing, so any page may make one."""
    assert all(LOCAL.may_change(method, {}) for method in ("GET", "HEAD", "OPTIONS"))
