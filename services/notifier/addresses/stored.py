"""Addresses of users by channel: added, looked up for a hand-over, and ended, by whom a newer one is never touched."""

import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from contracts.module import ModuleContext
from contracts.modules.profile import Channel
from contracts.modules.sealing import Sealer, Unreadable
from kit.sealed import SealedColumn
from services.notifier.tables import ADDRESSES

MOST = 10
"""Addresses of a user and channel; the oldest one ends when another is added."""


class SealedAddress(msgspec.Struct, frozen=True):
    """The content of the sealed column: what a sender takes, and what the user is shown of it."""

    text: str
    shown: str


class Address(msgspec.Struct, frozen=True):
    """An address as it was looked up; `added_at` tells it from a later one under the same id."""

    id: str
    added_at: float
    text: str = ""


SEALED = SealedColumn("notifier_addresses ", SealedAddress)
_OPEN_OF = (
    sa.select(*ADDRESSES.c["id", "user", "channel", "sealed", "added_at"])
    .where(ADDRESSES.c.user.in_(sa.bindparam("users", expanding=True)), ADDRESSES.c.sealed.is_not(None))
    .order_by(ADDRESSES.c.added_at, ADDRESSES.c.id)
)
"""By `sealed`, so that SQLite looks through the addresses of the users, not through all that have not ended."""


class StoredAddresses:
    """The table of addresses; `key` is the home's own, 32 bytes, and must live as long as the rows.

    `clock` gives Unix seconds, `ids()` a random UUID as text. Every method works in the transaction under way.
    """

    def __init__(self, key: bytes, sealer: Sealer, clock: Callable[[], float], ids: Callable[[], str]) -> None:
        self._key, self._sealer, self._clock, self._ids = key, sealer, clock, ids

    @classmethod
    def of(cls, context: ModuleContext) -> "StoredAddresses":
        """Return the table of a process, whose key is the module's own."""
        return cls(context.secret("addresses"), context.sealer, context.clock, context.ids)

    def hash_of(self, channel: Channel, name: str) -> bytes:
        """Return the keyed hash of an address: of the one spelling that all who have it share."""
        return hmac.digest(self._key, f"{channel.value} {name}".encode(), hashlib.sha256)

    def reached(self, connection: sa.Connection, user: str, channel: Channel) -> Sequence[Address]:
        """Return where the user is reached, oldest first; what is damaged is left out. Raise Erased."""
        return self.opened(user, self.rows_of(connection, [user]).get((user, channel), ()))

    def rows_of(self, connection: sa.Connection, users: Sequence[str]) -> Mapping[tuple[str, Channel], Sequence[Any]]:
        """Return the rows of what has not ended, by user and channel, oldest first, in one query."""
        found: dict[tuple[str, Channel], list[Any]] = {}
        for row in connection.execute(_OPEN_OF, {"users": users}):
            found.setdefault((row.user, Channel(row.channel)), []).append(row)
        return found

    def opened(self, user: str, rows: Sequence[Any]) -> Sequence[Address]:
        """Return the addresses of such rows of a user; what is damaged is left out. Raise Erased."""
        found = list[Address]()
        for row in rows:
            try:
                sealed = SEALED.open(self._sealer, user, row.id, row.sealed)
            except (Unreadable, msgspec.DecodeError):
                continue
            found.append(Address(row.id, row.added_at, sealed.text))
        return found

    def add(
        self,
        connection: sa.Connection,
        user: str,
        channel: Channel,
        address: SealedAddress,
        *,
        name: str,
        credential: str | None = None,
    ) -> str:
        """Store an address and return its id, that of its row where the user had it before; raise Erased.

        `name` is what is hashed, `credential` the session whose end ends it. Of another user it is no longer one.
        """
        now, hashed = self._clock(), self.hash_of(channel, name)
        same = sa.and_(ADDRESSES.c.hash == hashed, ADDRESSES.c.channel == channel.value)
        self._end(connection, sa.and_(same, ADDRESSES.c.user != user), "moved")
        known = connection.execute(sa.select(ADDRESSES.c.id).where(same, ADDRESSES.c.user == user)).scalar()
        id_ = known or self._ids()
        sealed = SEALED.seal(self._sealer, user, id_, address)
        row = {"sealed": sealed, "credential": credential, "added_at": now, "ended_at": None, "reason": ""}
        if known is None:
            first = {"id": id_, "user": user, "channel": channel.value, "hash": hashed}
            connection.execute(ADDRESSES.insert().values(first | row))
        else:
            connection.execute(ADDRESSES.update().where(ADDRESSES.c.id == id_).values(row))
        open_ = [each.id for each in connection.execute(_open(user, channel)) if each.id != id_]
        self._end(connection, ADDRESSES.c.id.in_(open_[: max(0, len(open_) + 1 - MOST)]), "replaced")
        return id_

    def end(self, connection: sa.Connection, address: Address, reason: str) -> bool:
        """End an address for a reason of one word; return whether it was still the one that was looked up."""
        mine = sa.and_(ADDRESSES.c.id == address.id, ADDRESSES.c.added_at == address.added_at)
        return self._end(connection, mine, reason) > 0

    def end_of_user(self, connection: sa.Connection, user: str, channel: Channel, id_: str, reason: str) -> bool:
        """End an address by its id; return whether it was one of the user's that had not ended."""
        mine = sa.and_(ADDRESSES.c.id == id_, ADDRESSES.c.user == user, ADDRESSES.c.channel == channel.value)
        return self._end(connection, mine, reason) > 0

    def _end(self, connection: sa.Connection, which: sa.ColumnElement[bool], reason: str) -> int:
        return _ended(connection, which, reason, self._clock())


def end_of_session(connection: sa.Connection, user: str, credential: str, now: float) -> int:
    """End what a session of the user brought, and return how many those were."""
    mine = sa.and_(ADDRESSES.c.credential == credential, ADDRESSES.c.user == user)
    return _ended(connection, mine, "signed_out", now)


def _ended(connection: sa.Connection, which: sa.ColumnElement[bool], reason: str, now: float) -> int:
    ended = {"ended_at": now, "reason": reason, "sealed": None}
    here = sa.and_(which, ADDRESSES.c.ended_at.is_(None))
    return connection.execute(ADDRESSES.update().where(here).values(ended)).rowcount


def _open(user: str, channel: Channel) -> sa.Select[tuple[object, ...]]:
    mine = sa.and_(ADDRESSES.c.user == user, ADDRESSES.c.channel == channel.value, ADDRESSES.c.ended_at.is_(None))
    return sa.select(ADDRESSES).where(mine).order_by(ADDRESSES.c.added_at, ADDRESSES.c.id)
