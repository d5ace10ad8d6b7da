"""A module's store: its sessions on an engine, changes one at a time; one that is away is said as such."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa

from contracts.refusals import Unavailable
from kit.sql.sessions import reading, snapshot, take_lock

logger = logging.getLogger(__name__)
AWAY = (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.InternalError, sa.exc.TimeoutError)
"""What SQLAlchemy raises when a database cannot be reached, is locked for too long or gives up."""


@dataclass(frozen=True)
class Store:
    """`name` says of what the store is, in logs and errors; `lock` is the advisory lock of its changes on PostgreSQL.

    When the database is away its sessions raise Unavailable, which tells no statement and no parameter.
    """

    engine: sa.Engine
    name: str
    lock: int

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Give a connection on which each statement sees the last commit; raise Unavailable when there is none."""
        with self._reached(), reading(self.engine) as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[sa.Connection]:
        """Give a connection whose reads all see the same commit; raise Unavailable when there is none."""
        with self._reached(), snapshot(self.engine) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Give a transaction that commits at its end, one at a time, so that what is read inside stays true.

        Raise Unavailable when it cannot begin or commit.
        """
        with self._reached(), self.engine.begin() as connection:
            take_lock(connection, self.lock)
            yield connection

    @contextmanager
    def _reached(self) -> Iterator[None]:
        try:
            yield
        except AWAY as error:  # its text names statements and parameters, so only the class goes on
            logger.warning("the store of %s cannot be reached: %s", self.name, type(error).__name__)
            raise Unavailable(f"the store of {self.name} cannot be reached") from None
