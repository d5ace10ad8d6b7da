"""Open connections are bounded, by address and in all: one that waits for its client gives way to whoever comes."""

import resource
from enum import Enum
from typing import Protocol

from kit.http.evicting_quota import Evictable

MOST_OPEN, MOST_OF_ADDRESS = 512, 256
"""Connections apart from websockets, which have limits of their own."""
OPEN_FILES = 4_096
"""More than all connections, websockets, streams, connections to databases and what threads read need."""


class Awaited(Enum):
    """What a connection waits for, in the order in which they give way; who waits for an answer never does."""

    REFUSAL = 0
    REQUEST = 1
    CLIENT = 2
    ANSWER = 3


class CountedConnection(Evictable, Protocol):
    """An open connection, closed at once when it is evicted."""

    @property
    def awaited(self) -> Awaited:
        """Return what it waits for: REFUSAL is one at a pace, CLIENT the rest of a body or the reading of an answer."""


class OpenConnections:
    """At most `most` connections, and `of_address` of one address unless that is a proxy's."""

    def __init__(
        self, most: int = MOST_OPEN, of_address: int = MOST_OF_ADDRESS, proxies: frozenset[str] = frozenset()
    ) -> None:
        self._most, self._of_address, self._proxies = most, of_address, proxies
        self._open: dict[CountedConnection, str] = {}
        self._by_address: dict[str, dict[CountedConnection, None]] = {}

    def add(self, address: str, connection: CountedConnection) -> bool:
        """Count a connection, the oldest one that may give way is closed for it; return False where none may."""
        own = self._by_address.get(address, {})
        full = len(own) >= self._of_address and address not in self._proxies
        if full and not self._make_place(own):
            return False
        if len(self._open) >= self._most and not self._make_place(self._open):
            return False
        self._open[connection] = address
        self._by_address.setdefault(address, {})[connection] = None
        return True

    def remove(self, connection: CountedConnection) -> None:
        """Count a connection no longer, if it was counted."""
        address = self._open.pop(connection, None)
        if address is not None:
            del self._by_address[address][connection]
            if not self._by_address[address]:
                del self._by_address[address]

    def __len__(self) -> int:
        """Return how many are open."""
        return len(self._open)

    def _make_place(self, among: dict[CountedConnection, None] | dict[CountedConnection, str]) -> bool:
        for awaited in (Awaited.REFUSAL, Awaited.REQUEST, Awaited.CLIENT):
            oldest = next((each for each in among if each.awaited is awaited), None)
            if oldest is not None:
                self.remove(oldest)
                return oldest.evict()
        return False


def raise_open_files(wanted: int = OPEN_FILES) -> int:
    """Raise the limit of open files of this process to `wanted`, or as far as it may; return what it is then."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft == resource.RLIM_INFINITY or soft >= most:
        return soft
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return most
