"""JSON that comes in."""

import msgspec
import pytest

from contracts.refusals import InvalidInput
from kit.http.headers import Malformed
from kit.http.json_bodies import UnsupportedMediaType, check_json, decoded


class Thing(msgspec.Struct, forbid_unknown_fields=True):
    """A record."""

    size: int


def test_a_record_is_read() -> None:
    """As its type says."""
    assert decoded(b'{"size": 3}', Thing) == Thing(3)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'{"size": "\\ud800"}', b'{"size": "\xff"}', b"{" * 2])
def test_what_is_no_json_is_malformed(body: bytes) -> None:
    """Cut off, not UTF-8, half a character."""
    with pytest.raises((Malformed, InvalidInput)):
        decoded(body, Thing)


@pytest.mark.parametrize(("body", "path"), [(b"[]", ()), (b'{"size": "x"}', ("size",)), (b"[" * 100_000, ())])
def test_what_is_another_record_is_invalid_input(body: bytes, path: tuple[str, ...]) -> None:
    """With the field that is to blame."""
    with pytest.raises(InvalidInput) as refused:
        decoded(body, Thing)
    assert refused.value.path == path


def test_a_body_says_that_it_is_json() -> None:
    """With parameters or without; anything else, nothing too, is another type."""
    check_json({"content-type": "application/json; charset=utf-8"})
    for headers in ({}, {"content-type": "text/plain"}, {"content-type": "text/plain;application/json"}):
        with pytest.raises(UnsupportedMediaType):
            check_json(headers)
