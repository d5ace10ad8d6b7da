"""Keys of users in a SQLite file of their own, each wrapped by a key of the server; seals payloads with them."""

import secrets
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

from contracts.modules.sealing import Erased, Unreadable
from resources.home import Home

KEY, NONCE, FORMAT, DIGITS = 32, 12, b"\x01", 32
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "busy_timeout=10000")
TABLES = (
    "CREATE TABLE IF NOT EXISTS user_keys (user TEXT PRIMARY KEY, wrapped BLOB NOT NULL) STRICT",
    "CREATE TABLE IF NOT EXISTS erased_users (user_hash BLOB PRIMARY KEY) STRICT",
)


class UserKeys:
    """Implements contracts.modules.sealing.Sealer and Pseudonyms.

    AES-256-GCM with a new 96-bit nonce each time and the place as associated data; pseudonyms are HMACs under a key
    derived from the user's. Nothing is cached between calls, so a key destroyed by another process is unusable at once.
    Of an erased user a keyed hash stays, so that a late event makes no new key.
    """

    def __init__(
        self, path: Path, wrapping_key: bytes, random_bytes: Callable[[int], bytes] = secrets.token_bytes
    ) -> None:
        self._path, self._wrapping_key, self._random_bytes = path, wrapping_key, random_bytes
        self._local = threading.local()
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._writing() as connection:
            for table in TABLES:
                connection.execute(table)

    def seal(self, user: str, place: str, plain: bytes) -> bytes:
        """Return format, nonce and ciphertext, making the user's key at first use; raise Erased."""
        nonce = self._random_bytes(NONCE)
        key = self._find(user) or self._make(user)
        return FORMAT + nonce + AESGCM(key).encrypt(nonce, plain, _bound(user, place))

    def open(self, user: str, place: str, sealed: bytes) -> bytes:
        """Return what was sealed; raise Erased, or Unreadable for bytes of another user, place or format."""
        key = self._find(user)
        if key is None:
            self._refuse_erased(self._connection(), user)
            raise Unreadable("there is no key for what was given")
        if sealed[:1] != FORMAT:
            raise Unreadable("what was given is not sealed in a known form")
        try:
            return AESGCM(key).decrypt(sealed[1 : 1 + NONCE], sealed[1 + NONCE :], _bound(user, place))
        except (InvalidTag, ValueError):
            raise Unreadable("what was given was not sealed for this user and place") from None

    def pseudonym(self, user: str, purpose: str) -> str:
        """Return 32 hex digits, the HMAC of `purpose` under a key derived from the user's; raise Erased."""
        key = self._find(user) or self._make(user)
        own = _keyed(key, b"pseudonyms")
        return _keyed(own, _bound(user, purpose))[: DIGITS // 2].hex()

    def destroy(self, user: str) -> bool:
        """Delete the user's key and empty the log of the file; return whether there was a key.

        Raise TimeoutError if a reader is in the way of the log: then the key is deleted, but call again.
        """
        with self._writing() as connection:
            connection.execute("INSERT OR IGNORE INTO erased_users VALUES (?)", (self._hash(user),))
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

    def _find(self, user: str) -> bytes | None:
        row = self._connection().execute("SELECT wrapped FROM user_keys WHERE user = ?", (user,)).fetchone()
        return None if row is None else self._unwrap(user, row[0])

    def _make(self, user: str) -> bytes:
        new, nonce = self._random_bytes(KEY), self._random_bytes(NONCE)
        wrapped = nonce + AESGCM(self._wrapping_key).encrypt(nonce, new, _bound(user, "key"))
        with self._writing() as connection:
            self._refuse_erased(connection, user)
            connection.execute("INSERT OR IGNORE INTO user_keys VALUES (?, ?)", (user, wrapped))
            row = connection.execute("SELECT wrapped FROM user_keys WHERE user = ?", (user,)).fetchone()
        return self._unwrap(user, row[0])

    def _unwrap(self, user: str, wrapped: bytes) -> bytes:
        try:
            return AESGCM(self._wrapping_key).decrypt(wrapped[:NONCE], wrapped[NONCE:], _bound(user, "key"))
        except InvalidTag:
            raise Unreadable("the key store belongs to another key of the server") from None

    def _refuse_erased(self, connection: sqlite3.Connection, user: str) -> None:
        query = "SELECT 1 FROM erased_users WHERE user_hash = ?"
        if connection.execute(query, (self._hash(user),)).fetchone() is not None:
            raise Erased("the key of this user was destroyed")

    def _hash(self, user: str) -> bytes:
        return _keyed(self._wrapping_key, _bound(user, "erased"))

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


def open_user_keys(home: Home, random_bytes: Callable[[int], bytes] = secrets.token_bytes) -> UserKeys:
    """Return the home's key store, wrapped by a key of the home's keys folder."""
    return UserKeys(home.root / "user-keys" / "keys.db", home.secret("user-keys"), random_bytes)


def _keyed(key: bytes, message: bytes) -> bytes:
    keyed = HMAC(key, SHA256())
    keyed.update(message)
    return keyed.finalize()


def _bound(user: str, place: str) -> bytes:
    return f"{len(user)}:{user}:{place}".encode()
