"""Columns of values that are sealed under their user's own key, as JSON, each bound to the row it stands in."""

from typing import Generic, TypeVar

import msgspec

from contracts.modules.sealing import Sealer

Value = TypeVar("Value")


class SealedColumn(Generic[Value]):
    """A column of values of one type, any that msgspec takes; what was sealed for one row opens in no other.

    `prefix` begins the place of each value, and what names the row ends it. It is part of what is sealed: with another
    one nothing that was sealed before can be opened.
    """

    def __init__(self, prefix: str, kind: type[Value]) -> None:
        self._prefix, self._decoder = prefix, msgspec.json.Decoder(kind)

    def seal(self, sealer: Sealer, user: str, row: str, value: Value) -> bytes:
        """Return the sealed value, making the user's key at first use; raise Erased."""
        return sealer.seal(user, self._prefix + row, msgspec.json.encode(value))

    def open(self, sealer: Sealer, user: str, row: str, sealed: bytes) -> Value:
        """Return the value; raise Erased, Unreadable for bytes of another user or row, msgspec.ValidationError."""
        return self._decoder.decode(sealer.open(user, self._prefix + row, sealed))
