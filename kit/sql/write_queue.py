"""The write queue of a SQLite file: the threads of this process write one by one, first come, first served."""

import sqlite3
import threading
from collections import deque

LONGEST_S = 10.0


class WriteQueue:
    """A lock that is passed on first come, first served; SQLite's own waiting sleeps and lets latecomers pass."""

    def __init__(self) -> None:
        self._guard, self._taken = threading.Lock(), False
        self._waiting: deque[threading.Lock] = deque()

    @property
    def waiting(self) -> int:
        """Return how many threads wait for the lock."""
        with self._guard:
            return len(self._waiting)

    def take(self, longest_s: float = LONGEST_S) -> bool:
        """Wait for the lock; return False if it was not free within `longest_s` seconds."""
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
        """Pass the lock to the thread that has waited longest."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False

    def _withdraw(self, mine: threading.Lock) -> bool:
        """Leave the queue; return True if the lock was passed on meanwhile, which an interrupted thread passes on."""
        with self._guard:
            if mine in self._waiting:
                self._waiting.remove(mine)
                return False
        return True


class QueuedConnection(sqlite3.Connection):
    """A connection that holds the lock for as long as its writing transaction lasts."""

    write_queue: WriteQueue | None = None
    _holds = False

    def begin(self) -> None:
        """Begin to write; raise sqlite3.OperationalError if other threads wrote for too long."""
        if self.write_queue is not None and not self.write_queue.take():
            raise sqlite3.OperationalError("database is locked")
        self._holds = self.write_queue is not None
        try:
            self.execute("BEGIN IMMEDIATE")
        finally:
            self._settle()

    def commit(self) -> None:
        """Write the transaction, then pass the lock on; a commit that failed holds it for the rollback."""
        try:
            super().commit()
        finally:
            self._settle()

    def rollback(self) -> None:
        """Roll the transaction back, then pass the lock on."""
        try:
            super().rollback()
        finally:
            self._settle()

    def close(self) -> None:
        """Close the connection, which ends a transaction that is left."""
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
