"""Sealing what is personal under a key of the user's own, so that destroying the key makes every copy unreadable."""

from typing import Protocol


class Erased(LookupError):
    """The user's key was destroyed: nothing of theirs can be opened or sealed any more."""


class Unreadable(ValueError):
    """What was given is not what was sealed for this user and place: damaged, swapped, or sealed by another house."""


class Sealer(Protocol):
    """Seals bytes per user; blocking, safe from several threads, a destroyed key is seen by every process at once.

    `place` names where the bytes are kept (table, row, kind): what was sealed for one place opens at no other.
    """

    def seal(self, user: str, place: str, plain: bytes) -> bytes:
        """The sealed bytes; makes the user's key at first use; Erased."""
        ...

    def open(self, user: str, place: str, sealed: bytes) -> bytes:
        """What was sealed; Erased, Unreadable."""
        ...

    def destroy(self, user: str) -> bool:
        """Destroy the user's key for good, on the disk when this returns; whether there was one. Idempotent."""
        ...


class Pseudonyms(Protocol):
    """Names for users that only their own key gives."""

    def pseudonym(self, user: str, purpose: str) -> str:
        """32 hex digits, the same as long as the user's key is there; nobody can make it again afterwards.

        Makes the user's key at first use; Erased.
        """
        ...
