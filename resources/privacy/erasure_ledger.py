"""The ledger of erased users: a file of keyed hashes next to the databases, only ever added to.

A backup from before an erasure brings the user back; after a restore this file says who must be erased again.
"""

import fcntl
import hashlib
import hmac
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from resources.home import Home


class Line(msgspec.Struct, frozen=True):
    """One erasure; `user_hash` is a keyed hash, `at` ISO 8601 in UTC."""

    erasure: str
    user_hash: str
    at: str


class LedgerFile:
    """Implements contracts.modules.erasure.ErasureLedger as JSON Lines; one process writes at a time."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._path, self._key = path, key

    def add(self, erasure: str, user: str, at: str) -> None:
        """See contracts.modules.erasure.ErasureLedger.add; a torn last line is ended first."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        line = msgspec.json.encode(Line(erasure, self.hash_of(user), at)) + b"\n"
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if any(known.erasure == erasure for known in self.lines()):
                return
            whole = _ends_a_line(file.fileno())
            file.write(line if whole else b"\n" + line)
            file.flush()
            os.fsync(file.fileno())
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def holds(self, user: str) -> bool:
        """Return whether a line has the keyed hash of this user."""
        mine = self.hash_of(user)
        return any(hmac.compare_digest(line.user_hash, mine) for line in self.lines())

    def lines(self) -> Iterator[Line]:
        """Yield the erasures, oldest first.

        A torn line of a killed process, whose caller got no answer, is left out.
        """
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            for raw in file:
                try:
                    yield msgspec.json.decode(raw, type=Line)
                except msgspec.DecodeError:
                    continue

    def hash_of(self, user: str) -> str:
        """Return the keyed hash of a user id, 64 hex digits; meaningless without the key."""
        return hmac.new(self._key, b"erased user " + user.encode(), hashlib.sha256).hexdigest()


def open_ledger(home: Home) -> LedgerFile:
    """Return the home's ledger, in a folder of its own, which no restore of a database replaces."""
    return LedgerFile(home.root / "erasures" / "ledger.jsonl", home.secret("erasures"))


def _ends_a_line(handle: int) -> bool:
    size = os.fstat(handle).st_size
    return size == 0 or os.pread(handle, 1, size - 1) == b"\n"
