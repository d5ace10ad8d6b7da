"""Users' keys and the ledger of erased users in the memory of one process, for tests and trials."""

from threading import Lock

from contracts.modules.sealing import Erased


class MemoryUserKeys:
    """Implements contracts.modules.sealing.UserKeyStore."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._wrapped: dict[str, bytes] = {}
        self._destroyed: set[bytes] = set()

    def find(self, user: str) -> bytes | None:
        """Return what was stored for the user, None for nothing."""
        return self._wrapped.get(user)

    def add(self, user: str, user_hash: bytes, wrapped: bytes) -> bytes:
        """Store the first key of a user; raise Erased."""
        with self._lock:
            if user_hash in self._destroyed:
                raise Erased("the key of this user was destroyed")
            return self._wrapped.setdefault(user, wrapped)

    def is_destroyed(self, user_hash: bytes) -> bool:
        """Return whether the hash was noted by a deletion."""
        return user_hash in self._destroyed

    def destroy(self, user: str, user_hash: bytes) -> bool:
        """Forget the key and note the hash; return whether there was a key."""
        with self._lock:
            self._destroyed.add(user_hash)
            return self._wrapped.pop(user, None) is not None

    def close(self) -> None:
        """Do nothing: there is nothing open."""


class MemoryLedger:
    """Implements contracts.modules.erasure.ErasureLedger."""

    def __init__(self) -> None:
        self._users: dict[str, str] = {}

    def add(self, erasure: str, user: str, at: str) -> None:  # noqa: ARG002  # the protocol's signature
        """Note the user of an erasure, once."""
        self._users.setdefault(erasure, user)

    def holds(self, user: str) -> bool:
        """Return whether an erasure of this user was noted."""
        return user in self._users.values()
