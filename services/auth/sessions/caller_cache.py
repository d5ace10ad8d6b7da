"""Caches the callers of credentials for a second, so that a busy caller does not read the store with every request."""

import hashlib
from collections.abc import Callable
from threading import Lock

from contracts.access.caller import Caller

TTL_S = 1.0
MOST = 10_000


def digest(secret: str) -> str:
    """Return the SHA-256 of a secret in hex, which is stored and looked up in its place."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


class CallerCache:
    """Callers by the digest of their credential, for at most a second and never past their expiry; thread-safe.

    A clock that steps back makes entries invalid. Only valid credentials are stored, so invalid ones cannot fill it.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = Lock()
        self._callers: dict[str, tuple[Caller, float]] = {}

    def __len__(self) -> int:
        """How many are kept, at most MOST."""
        return len(self._callers)

    def get(self, key: str) -> Caller | None:
        """Return the caller if it was read less than a second before `now`, else None."""
        entry = self._callers.get(key)
        if entry is None:
            return None
        now = self._clock()
        caller, read_at = entry
        return caller if 0 <= now - read_at < TTL_S and now < caller.expires_at else None

    def keep(self, key: str, caller: Caller, read_at: float) -> None:
        """Store a caller whose row was read at or after `read_at`, Unix seconds."""
        with self._lock:
            if len(self._callers) >= MOST:
                self._callers.clear()
            self._callers[key] = (caller, read_at)

    def clear(self) -> None:
        """Delete all entries; called when a role or a credential changes here."""
        with self._lock:
            self._callers.clear()
