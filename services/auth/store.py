"""Transactions on the engine that wiring hands over; a store that is away is said as such, without its text."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from contracts.refusals import Unavailable

logger = logging.getLogger(__name__)
ONE_AT_A_TIME = 0x61757468
"""The advisory lock of auth's changes on PostgreSQL: "auth" in ASCII."""
AWAY = (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.InternalError, sa.exc.TimeoutError)


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection on which each statement sees the last commit; Unavailable when there is none."""
    with _reached(), engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield connection


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that commits at its end, one at a time, so that what is read inside stays true.

    Unavailable when it cannot. On SQLite the engine takes the write lock at the start, on PostgreSQL this does.
    """
    with _reached(), engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(ONE_AT_A_TIME)))
        yield connection


@contextmanager
def _reached() -> Iterator[None]:
    try:
        yield
    except AWAY as error:  # its text names statements and parameters, so only the class goes on
        logger.warning("the store of users cannot be reached: %s", type(error).__name__)
        raise Unavailable("the store of users cannot be reached") from None
