"""Who may deliver at a time: locks by name that end with their transaction."""

import zlib

import sqlalchemy as sa

from kit.sql.sessions import take_lock

DELIVERY_LOCKS = 0x65767473
"""The class of these advisory locks in PostgreSQL."""


def take_delivery_locks(connection: sa.Connection, *names: str) -> None:
    """Wait until no other transaction holds a lock of one of these names; they end with the transaction.

    Several are taken in an order of their own, so that two that want the same ones do not wait for each other. On
    SQLite the engine took the write lock when the transaction began, which is the one lock there is.
    """
    for key in sorted({zlib.crc32(name.encode()) - 2**31 for name in names}):
        take_lock(connection, DELIVERY_LOCKS, key)
