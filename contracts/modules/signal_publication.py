"""Signals published for analysis: pseudonymous rows, in parts that are added, and rewritten only where rows leave."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

USER_PSEUDONYM = "signals"
"""What a user's pseudonym in published signals is made for."""


class SignalRow(msgspec.Struct, frozen=True, kw_only=True):
    """A signal without personal data: `user` and `decision` are pseudonyms, `at` Unix seconds of its minute.

    `word` is the reason of a dismissal or the action that was done, if it is one plain word. Of a comment it is only
    stated whether there was one.
    """

    type: str
    at: int
    user: str
    decision: str
    tip: str | None = None
    surface: str | None = None
    place: int | None = None
    word: str | None = None
    rating: int | None = None
    commented: bool | None = None


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A file of rows in the order of the log; it is never changed, but one with fewer rows may take its place."""

    file: str
    sha256: str
    rows: int


class SignalPartStore(Protocol):
    """A store of parts; blocking, one writer at a time."""

    def upto(self) -> int:
        """Return the position in the log up to which all signals were read, 0 at first."""
        ...

    def add(self, rows: Sequence[SignalRow], upto: int) -> Part | None:
        """Store the rows as another part and the position, both or neither; return None, with no part, for no rows."""
        ...
