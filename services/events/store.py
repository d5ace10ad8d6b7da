"""Transactions on the engine that wiring hands over, and who may deliver at a time."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

DELIVERY_LOCKS = 0x65767473
"""The class of these advisory locks in PostgreSQL."""


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection on which each statement sees the last commit and no lock is held."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield connection


def take_delivery_lock(connection: sa.Connection, *names: str) -> None:
    """Wait until no other transaction has a turn of one of these names; turns end with the transaction.

    Several are taken in an order of their own, so that two that want the same ones do not wait for each other. On
    SQLite the engine took the write lock when the transaction began, which is the one turn there is.
    """
    if connection.dialect.name == "postgresql":
        for key in sorted({zlib.crc32(name.encode()) - 2**31 for name in names}):
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(DELIVERY_LOCKS, key)))
