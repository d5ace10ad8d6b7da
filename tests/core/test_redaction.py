"""Redaction."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.redaction import (
    HIDDEN,
    LONGEST,
    bytes_without_secrets,
    exact_secrets,
    redacted,
    redacted_fields,
    without_secrets,
)

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


def test_configured_secrets_are_taken_out_and_nothing_else() -> None:
    """Each very value, the longest first; what is shorter than eight characters could be a word and stays."""
    secrets = exact_secrets(["sk-0123456789", "sk-01234", "sk-0123", None, "", "sk-01234"])
    assert secrets == ("sk-0123456789", "sk-01234")
    text = "sk-0123456789, sk-01234x, sk-0123 and SK-01234"
    assert without_secrets(text, secrets) == f"{HIDDEN}, {HIDDEN}x, sk-0123 and SK-01234"
    assert without_secrets(text, ()) == text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("form", ['a/b"c+de', 'a/b\\"c+de', 'a\\/b\\"c+de'])
def test_a_files_bytes_hold_no_secret(encoding: str, form: str) -> None:
    """As it is, and as JSON writers escape quotes and slashes, in the encodings that are read."""
    data = f'{{"text": "x{form}y ü"}}'.encode(encoding)
    clean = bytes_without_secrets(data, ['a/b"c+de'])
    assert clean.decode(encoding) == f'{{"text": "x{HIDDEN}y ü"}}'
    assert bytes_without_secrets(data, ["another one"]) == data


PIECES = [
    "/uploads/",
    "/auth/x#",
    "://",
    "@",
    "?",
    "=",
    ":",
    "#",
    "eyJ",
    "whsec_",
    "Bearer",
    "basic",
    "token",
    "cookie",
    "api-key",
    "passwd",
    "ab",
    "Z9",
    ".",
    "-",
    "_",
    "/",
    "+",
    "é",
]


@given(st.lists(st.sampled_from([*PIECES, " ", "\n", "\u2028", "q" * 39, "x" * 20]), max_size=12).map("".join))
def test_the_quick_look_changes_nothing(text: str) -> None:
    """Text is redacted as it is behind a sign for which every rule is tried."""
    assert redacted(text) == redacted(f"@ {text}").removeprefix("@ ")
