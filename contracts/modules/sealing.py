"""Sealing personal data under a key per user, so that destroying the key makes every copy unreadable."""

from typing import Protocol

from core.expected_error import OperatorError


class Erased(LookupError):
    """The user's key was destroyed: nothing of theirs can be opened or sealed any more."""


class Unreadable(OperatorError, ValueError):
    """The bytes are not what was sealed for this user and place: damaged, swapped, or by another server's keys."""


class Sealer(Protocol):
    """Seals bytes per user; blocking, safe from several threads, a destroyed key is seen by every process at once.

    `place` names where the bytes are stored (table, row, kind): what was sealed for one place opens at no other.
    """

    def seal(self, user: str, place: str, plain: bytes) -> bytes:
        """Return the sealed bytes, making the user's key at first use; raise Erased."""
        ...

    def open(self, user: str, place: str, sealed: bytes) -> bytes:
        """Return what was sealed; raise Erased, or Unreadable for bytes of another user or place."""
        ...

    def destroy(self, user: str) -> bool:
        """Destroy the user's key for good, on disk when this returns; return whether there was one. Idempotent."""
        ...


class Pseudonyms(Protocol):
    """Pseudonyms of users, which only the user's own key gives."""

    def pseudonym(self, user: str, purpose: str) -> str:
        """Return 32 hex digits, the same as long as the user's key exists; nobody can derive them afterwards.

        Makes the user's key at first use; raise Erased.
        """
        ...
