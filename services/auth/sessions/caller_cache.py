"""Who a credential belonged to a moment ago, so that a busy caller does not ask the store with every request."""

import hashlib
from collections.abc import Callable
from threading import Lock

from contracts.access.caller import Caller

TTL_S = 1.0
MOST = 10_000


def digest(secret: str) -> str:
    """Return SHA-256 of a secret in hex: what is stored and looked up, so that the secret itself is never compared."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


class CallerCache:
    """Callers by the hash of their credential for at most a second and never past their expiry; thread-safe.

    A clock that steps back drops what is kept. Only valid credentials are kept: rubbish cannot fill it.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = Lock()
        self._callers: dict[str, tuple[Caller, float]] = {}

    def __len__(self) -> int:
        """How many are kept, at most MOST."""
        return len(self._callers)

    def get(self, key: str) -> Caller | None:
        """Return the caller when it was read less than a second ago."""
        entry = self._callers.get(key)
        if entry is None:
            return None
        now = self._clock()
        caller, read_at = entry
        return caller if 0 <= now - read_at < TTL_S and now < caller.expires_at else None

    def keep(self, key: str, caller: Caller, read_at: float) -> None:
        """Keep a caller whose store row was read after `read_at`, Unix seconds."""
        with self._lock:
            if len(self._callers) >= MOST:
                self._callers.clear()
            self._callers[key] = (caller, read_at)

    def clear(self) -> None:
        """Forget all; called when a role or a credential changes here."""
        with self._lock:
            self._callers.clear()
