"""A user's key as it is drawn, and wrapped as it lies on the disk: what proofs of erasure look for."""

import secrets
import sqlite3
from contextlib import closing
from pathlib import Path

KEY_BYTES = 32


class RecordedBytes:
    """Random bytes for a key store, each of which is remembered."""

    def __init__(self) -> None:
        self.drawn: list[bytes] = []

    def __call__(self, size: int) -> bytes:
        """Return so many fresh random bytes."""
        self.drawn.append(secrets.token_bytes(size))
        return self.drawn[-1]

    def latest_key(self) -> bytes:
        """Return the key that was made last; raise IndexError when none was."""
        return [drawn for drawn in self.drawn if len(drawn) == KEY_BYTES][-1]


def wrapped_key(home: Path, user: str) -> bytes:
    """Return the user's key as the home's key store holds it; raise TypeError when it holds none."""
    with closing(sqlite3.connect(home / "user-keys" / "keys.db")) as store:
        (wrapped,) = store.execute("SELECT wrapped FROM user_keys WHERE user = ?", (user,)).fetchone()
    return bytes(wrapped)
