"""Transactions on the engine that wiring hands over, and who may deliver at a time."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection on which each statement sees the last commit and no lock is held."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield connection


def take_turn(connection: sa.Connection, what: str) -> None:
    """Wait until no other transaction has the turn named `what`; it ends with the transaction.

    On SQLite the engine took the write lock when the transaction began, which is the one turn there is.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(0x65767473, zlib.crc32(what.encode()) - 2**31)))
