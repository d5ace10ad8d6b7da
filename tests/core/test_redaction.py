"""Redaction."""

import pytest

from core.redaction import HIDDEN, LONGEST, redacted, redacted_fields

CANARY = "kanarienvogel17"


@pytest.mark.parametrize(
    "text",
    [
        f"GET /auth/callback?code={CANARY}&state=x",
        f"https://a.example/x?{CANARY}=1 was slow",
        f"postgresql://tip:{CANARY}@127.0.0.1/db",
        f"PUT /uploads/{CANARY}",
        f"open /auth/link#{CANARY}",
        f"Authorization: Bearer {CANARY}",
        f"authorization={CANARY}",
        f"Basic {CANARY}",
        f"Cookie: {CANARY}; other",
        f'{{"access_token": "{CANARY} and more"}}',
        f"client_secret: '{CANARY}'",
        f"password={CANARY}",
        f"eyJhbGciOiJFUzI1NiJ9.{CANARY}.c2ln",
        f"whsec_{CANARY}",
        f"{CANARY}@mail.example",
        f"{CANARY}{'0' * 40}",
    ],
)
def test_what_looks_like_a_secret_is_hidden(text: str) -> None:
    """Queries, credentials, tokens of addresses, long random texts and people's addresses."""
    assert CANARY not in redacted(text)
    assert HIDDEN in redacted(text)


@pytest.mark.parametrize(
    "text",
    [
        "request 1f-2.3_4 failed: KeyError",
        "the home was opened at 12:30, port 3000",
        "is it there? yes",
        "a bearer token was refused",
    ],
)
def test_what_does_not_is_left(text: str) -> None:
    """Ids, classes and plain words."""
    assert redacted(text) == text


def test_no_text_is_long_to_read() -> None:
    """What is over the length is cut before any pattern sees it."""
    assert len(redacted("a." * 100_000)) == LONGEST + 1
    for hostile in ("a@" * 50_000, "?" * 100_000, "token" * 20_000, "Bearer " * 20_000, "=" * 39 + " =" * 50_000):
        assert len(redacted(hostile)) <= 2 * LONGEST


def test_fields_are_redacted_by_name_and_by_value() -> None:
    """In depth; what is no plain value is its class."""
    given = {
        "status": 200,
        "Cookie": CANARY,
        "deep": {"set-cookie": CANARY, "texts": [f"Bearer {CANARY}"], "at": CANARY.__class__},
        "deeper": {"a": {"b": {"c": {"d": {"e": CANARY}}}}},
    }
    found = redacted_fields(given)
    assert CANARY not in str(found)
    assert (found["status"], found["deep"]["at"]) == (200, "type")
