import pytest

from services.auth.oauth_server.clients import NativeClient, redirect_problem


@pytest.mark.parametrize(
    ("redirect", "fits"),
    [
        ("com.example.tips:/signed-in", True),
        ("com.example-two.tips:/", True),
        ("http://127.0.0.1/signed-in", True),
        ("http://127.0.0.1/", True),
        ("http://127.0.0.1:3000/signed-in", False),
        ("http://127.0.0.1", False),
        ("http://localhost/signed-in", False),
        ("https://tips.example/signed-in", False),
        ("tips:/signed-in", False),
        ("com.example.tips://signed-in", False),
        ("com.example.tips:/signed-in?x", False),
        ("com.example.tips:/signed-in#x", False),
        ("javascript:alert(1)", False),
        ("Com.example.tips:/x", False),
        ("com.example.tips:/x\n", False),
        ("", False),
    ],
)
def test_only_a_scheme_of_ones_own_and_loopback_are_redirects(redirect: str, fits: bool) -> None:
    """RFC 8252: a reverse domain with one slash, or 127.0.0.1 without a port; never a page's address."""
    assert (redirect_problem(redirect) is None) == fits


def test_a_redirect_is_the_very_text_but_for_loopbacks_port() -> None:
    """No prefix, no other case, no port at a scheme of one's own."""
    client = NativeClient("app", "App", ("com.example.tips:/x", "http://127.0.0.1/x"))
    assert all(client.takes(text) for text in ("com.example.tips:/x", "http://127.0.0.1/x", "http://127.0.0.1:9/x"))
    others = ("com.example.tips:/x/", "com.example.tips:/", "http://127.0.0.1:9/", "http://127.0.0.1:09/x", "")
    assert not any(client.takes(text) for text in others)
