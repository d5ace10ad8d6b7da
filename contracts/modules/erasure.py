"""What spans all modules: erasing a user everywhere, exporting everything of theirs, and the proofs of both."""

from collections.abc import Sequence
from enum import StrEnum
from typing import BinaryIO, Protocol

import msgspec

from contracts.access.caller import Caller


class GrantsLeft(StrEnum):
    """What became of the user's grants to us at identity providers."""

    HELD = "held"
    RETURNED = "returned"
    UNRETURNED = "unreturned"


class Erasure(msgspec.Struct, frozen=True, kw_only=True):
    """A user being erased, or erased: then `done_at` is set and `user` is None.

    `waiting` names the modules without a receipt; `stuck` is one that has taken more than 24 hours. `due_at` is the day
    by which it must be done. `grants` is None if there was no provider's grant that we could revoke; while it is held
    no module gets the request; unreturned is one that the provider did not revoke within 24 hours, or could not.
    """

    id: str
    user: str | None
    by: str
    requested_at: str
    due_at: str
    waiting: tuple[str, ...]
    stuck: bool
    done_at: str | None = None
    grants: GrantsLeft | None = None


class IdentityGrants(Protocol):
    """Users' grants to us at providers, of identities or of what they connect; blocking, over the network."""

    def held(self, user: str) -> bool:
        """Return whether there is a grant to revoke, without a request to a provider."""
        ...

    def take_back(self, user: str) -> bool:
        """Revoke all grants; return False if some can never be revoked; raise if trying again may help. Idempotent."""
        ...


class Erasures(Protocol):
    """Erasing users from every module."""

    def erase(self, user: str, by: str) -> Erasure:
        """Start an erasure in every module and return it; a user whose erasure was requested before gets the same one.

        `by` is self, admin or command. Raise NotFound for an unknown user, Conflict for the last admin and for service
        accounts.
        """
        ...

    def erasures(self, *, most: int = 200) -> Sequence[Erasure]:
        """Return at most `most` erasures: those under way, then those done, newest first."""
        ...


class Exporter(Protocol):
    """Everything about a user from every module."""

    def export(self, user: str) -> BinaryIO:
        """Return a ZIP archive, complete and at its start; the caller closes it, which deletes it.

        Raise Unavailable.
        """
        ...


class CheckErasable(Protocol):
    """Decides who may be erased, which is for the module of users to say."""

    def __call__(self, user: str, being_erased: frozenset[str], /) -> None:
        """Raise NotFound or Conflict if the user may not be erased once those in `being_erased` are."""
        ...


class SignedInLately(Protocol):
    """Whether a caller signed in moments ago, for what cannot be undone."""

    def __call__(self, caller: Caller, /) -> bool:
        """Return whether the caller has a session that began at most 10 minutes ago; False for a token."""
        ...


class ErasureLedger(Protocol):
    """Erased users, stored apart from every database, so that a restored backup can be brought up to date."""

    def add(self, erasure: str, user: str, at: str) -> None:
        """Add a keyed hash of the user, which is on disk when this returns; idempotent by `erasure`."""
        ...

    def holds(self, user: str) -> bool:
        """Return whether this user was erased."""
        ...


class ErasureRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom to erase; without `user` it is the caller."""

    user: str | None = None


class ErasureList(msgspec.Struct, frozen=True):
    """Erasures under way and done."""

    erasures: list[Erasure]
