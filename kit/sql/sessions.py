"""Sessions on an engine: reads that see the last commit, reads of one moment, locks that end with their transaction.

A transaction that writes is SQLAlchemy's own `engine.begin()`; on SQLite it takes the write lock at its start.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from contracts.modules.database import Database, Transaction


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Give a connection for reads: each statement sees the last commit and no lock is held."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield connection


@contextmanager
def snapshot(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Give a connection for reads that all see the database as it is at the first of them; no writer waits for it."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        ) as connection:
            yield connection
        return
    with reading(engine) as connection:
        connection.exec_driver_sql("BEGIN")
        try:
            yield connection
        finally:
            connection.exec_driver_sql("ROLLBACK")


def take_lock(connection: sa.Connection, *key: int) -> None:
    """Wait until no other transaction of PostgreSQL holds the advisory lock of a key, or of a class and a key.

    The lock ends with the transaction. On SQLite, whose write lock is the only one, nothing is left to be taken.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(*key)))


def connection_of(transaction: Transaction) -> sa.Connection:
    """Return the connection that a transaction of the contracts is here; raise TypeError for another library's."""
    if not isinstance(transaction, sa.Connection):
        raise TypeError(f"{type(transaction).__name__} is no connection of SQLAlchemy")
    return transaction


def engine_of(database: Database) -> sa.Engine:
    """Return the engine that a database of the contracts is here; raise TypeError for another library's."""
    if not isinstance(database, sa.Engine):
        raise TypeError(f"{type(database).__name__} is no engine of SQLAlchemy")
    return database
