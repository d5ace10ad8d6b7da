"""Addresses that get no mail, as keyed hashes: whose mail came back, who complained, whom an admin left out."""

from enum import StrEnum

import sqlalchemy as sa

from contracts.modules.profile import Channel
from services.notifier.addresses.stored import StoredAddresses
from services.notifier.tables import SUPPRESSIONS

HASH_BYTES = 16
"""Bytes of a hash that are stored: as many as a return path has room for."""


class SuppressedFor(StrEnum):
    """Why an address gets no mail; the later ones stay where an earlier one comes after them."""

    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    ADMIN = "admin"


WEAKEST_FIRST = tuple(SuppressedFor)
_REASON = sa.select(SUPPRESSIONS.c.reason).where(SUPPRESSIONS.c.hash == sa.bindparam("hashed"))


class Suppressions:
    """The table of suppressed addresses, hashed as `addresses` does; all of it works in the transaction under way."""

    def __init__(self, addresses: StoredAddresses) -> None:
        self._addresses = addresses

    def hash_of(self, address: str) -> bytes:
        """Return the hash of a mail address, the same in whatever case it is written."""
        return self._addresses.hash_of(Channel.EMAIL, address.lower())[:HASH_BYTES]

    def reason(self, connection: sa.Connection, address: str) -> SuppressedFor | None:
        """Return why an address gets no mail, None for one that does."""
        return self._reason(connection, self.hash_of(address))

    def add(self, connection: sa.Connection, hashed: bytes, why: SuppressedFor, now: float) -> bool:
        """Stop mail to an address by its hash; return whether that changed anything."""
        known = self._reason(connection, hashed)
        if known is None:
            connection.execute(SUPPRESSIONS.insert().values(hash=hashed, reason=why.value, added_at=now))
            return True
        if WEAKEST_FIRST.index(why) <= WEAKEST_FIRST.index(known):
            return False
        mine = SUPPRESSIONS.c.hash == hashed
        connection.execute(SUPPRESSIONS.update().where(mine).values(reason=why.value, added_at=now))
        return True

    def lift(self, connection: sa.Connection, address: str, *why: SuppressedFor) -> bool:
        """Let mail go to an address again, if it is suppressed for one of these reasons; return whether it was."""
        mine = sa.and_(SUPPRESSIONS.c.hash == self.hash_of(address), SUPPRESSIONS.c.reason.in_(why))
        return connection.execute(SUPPRESSIONS.delete().where(mine)).rowcount > 0

    def _reason(self, connection: sa.Connection, hashed: bytes) -> SuppressedFor | None:
        found = connection.execute(_REASON, {"hashed": hashed}).scalar()
        return None if found is None else SuppressedFor(found)
