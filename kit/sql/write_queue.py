"""Who writes next in a SQLite file: the threads of this process one by one, in the order in which they asked."""

import sqlite3
import threading
from collections import deque

LONGEST_S = 10.0


class WriteQueue:
    """A lock that is handed on first come, first served; SQLite's own waiting sleeps and lets latecomers pass."""

    def __init__(self) -> None:
        self._guard, self._taken = threading.Lock(), False
        self._waiting: deque[threading.Lock] = deque()

    @property
    def waiting(self) -> int:
        """How many threads wait for the turn."""
        with self._guard:
            return len(self._waiting)

    def take(self, longest_s: float = LONGEST_S) -> bool:
        """Wait for the turn; False when it did not come in time."""
        with self._guard:
            if not self._taken:
                self._taken = True
                return True
            mine = threading.Lock()
            mine.acquire()
            self._waiting.append(mine)
        came = False
        try:
            came = mine.acquire(timeout=longest_s)
        finally:
            if not came:
                came = self._withdraw(mine)
        return came

    def give(self) -> None:
        """Hand the turn to whoever waits longest."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False

    def _withdraw(self, mine: threading.Lock) -> bool:
        """Leave the queue; True when the turn came meanwhile, which an interrupted thread gives on."""
        with self._guard:
            if mine in self._waiting:
                self._waiting.remove(mine)
                return False
        return True


class QueuedConnection(sqlite3.Connection):
    """A connection that holds the turn for as long as its writing transaction lasts."""

    write_queue: WriteQueue | None = None
    _holds = False

    def begin(self) -> None:
        """Begin to write; sqlite3.OperationalError when others wrote for too long."""
        if self.write_queue is not None and not self.write_queue.take():
            raise sqlite3.OperationalError("database is locked")
        self._holds = self.write_queue is not None
        try:
            self.execute("BEGIN IMMEDIATE")
        finally:
            self._settle()

    def commit(self) -> None:
        """Commit, then give the turn on; a commit that failed keeps it for the rollback."""
        try:
            super().commit()
        finally:
            self._settle()

    def rollback(self) -> None:
        """Roll back, then give the turn on."""
        try:
            super().rollback()
        finally:
            self._settle()

    def close(self) -> None:
        """Close, which ends a transaction that is left."""
        try:
            super().close()
        finally:
            self._give()

    def _settle(self) -> None:
        if not self.in_transaction:
            self._give()

    def _give(self) -> None:
        if self._holds and self.write_queue is not None:
            self._holds = False
            self.write_queue.give()
