"""Users' wrapped keys in a SQLite file of their own, from which a destroyed one is wiped."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from contracts.modules.sealing import Erased

PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "busy_timeout=10000")
TABLES = (
    "CREATE TABLE IF NOT EXISTS user_keys (user TEXT PRIMARY KEY, wrapped BLOB NOT NULL) STRICT",
    "CREATE TABLE IF NOT EXISTS erased_users (user_hash BLOB PRIMARY KEY) STRICT",
)


class UserKeyFile:
    """Implements contracts.modules.sealing.UserKeyStore; a thread has a connection of its own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._writing() as connection:
            for table in TABLES:
                connection.execute(table)

    def find(self, user: str) -> bytes | None:
        """Return the row's key; nothing is cached, so that another process's deletion counts at once."""
        row = self._connection().execute("SELECT wrapped FROM user_keys WHERE user = ?", (user,)).fetchone()
        return None if row is None else row[0]

    def add(self, user: str, user_hash: bytes, wrapped: bytes) -> bytes:
        """Insert a row in a transaction that also looks for the hash; raise Erased."""
        with self._writing() as connection:
            if _is_destroyed(connection, user_hash):
                raise Erased("the key of this user was destroyed")
            connection.execute("INSERT OR IGNORE INTO user_keys VALUES (?, ?)", (user, wrapped))
            row = connection.execute("SELECT wrapped FROM user_keys WHERE user = ?", (user,)).fetchone()
        stored: bytes = row[0]
        return stored

    def is_destroyed(self, user_hash: bytes) -> bool:
        """Return whether there is a row of this hash."""
        return _is_destroyed(self._connection(), user_hash)

    def destroy(self, user: str, user_hash: bytes) -> bool:
        """Delete the row, whose pages SQLite overwrites, and empty the log of the file; return whether there was one.

        Raise TimeoutError if a reader is in the way of the log.
        """
        with self._writing() as connection:
            connection.execute("INSERT OR IGNORE INTO erased_users VALUES (?)", (user_hash,))
            removed = connection.execute("DELETE FROM user_keys WHERE user = ?", (user,)).rowcount
        busy = self._connection().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        if busy:
            raise TimeoutError("the key store is being read: destroy again to clear its log")
        return removed > 0

    def close(self) -> None:
        """Close this thread's connection, if it opened one."""
        connection = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            del self._local.connection

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self._path, isolation_level=None)
            self._path.chmod(0o600)
            for pragma in PRAGMAS:
                connection.execute(f"PRAGMA {pragma}").fetchall()
            self._local.connection = connection
        return connection

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        connection = self._connection()
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")


def _is_destroyed(connection: sqlite3.Connection, user_hash: bytes) -> bool:
    return connection.execute("SELECT 1 FROM erased_users WHERE user_hash = ?", (user_hash,)).fetchone() is not None
