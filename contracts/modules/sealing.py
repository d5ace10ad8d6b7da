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


class UserKeyStore(Protocol):
    """Users' keys, each wrapped by a key that the store does not have; blocking, for several threads and processes.

    It is a store of its own: no backup or restore of another one may bring a destroyed key back. `user_hash` is a keyed
    hash of the user, which is all that stays of one whose key was destroyed.
    """

    def find(self, user: str) -> bytes | None:
        """Return the user's wrapped key as it is now, None without one."""
        ...

    def add(self, user: str, user_hash: bytes, wrapped: bytes) -> bytes:
        """Store a wrapped key unless there is one, and return the one that is stored; raise Erased."""
        ...

    def is_destroyed(self, user_hash: bytes) -> bool:
        """Return whether the key of this user was destroyed."""
        ...

    def destroy(self, user: str, user_hash: bytes) -> bool:
        """Delete the user's key from every place that the store has, for good; return whether there was one.

        No key of this user is stored any more. Raise TimeoutError if traces of it remain: then call again.
        """
        ...

    def close(self) -> None:
        """Close what this thread has open, if anything."""
        ...


class Pseudonyms(Protocol):
    """Pseudonyms of users, which only the user's own key gives."""

    def pseudonym(self, user: str, purpose: str) -> str:
        """Return 32 hex digits, the same as long as the user's key exists; nobody can derive them afterwards.

        Makes the user's key at first use; raise Erased.
        """
        ...


class UserSealer(Sealer, Pseudonyms, Protocol):
    """Both that users' keys are for."""
