"""How many requests of one caller are worked on at a time, so that nobody takes all threads."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

EACH = 8
"""Requests of a caller, or of an address without one, that have a thread at a time; there are 40 threads."""


@dataclass
class _Running:
    places: asyncio.Semaphore
    requests: int = 0


class CallerPlaces:
    """At most `each` of a caller's requests run; those beyond wait in the order in which they came, others do not."""

    def __init__(self, each: int = EACH) -> None:
        self._each, self._callers = each, dict[str, _Running]()

    @asynccontextmanager
    async def taken(self, who: str) -> AsyncIterator[None]:
        """Yield once this request has a place."""
        running = self._callers.setdefault(who, _Running(asyncio.Semaphore(self._each)))
        running.requests += 1
        try:
            async with running.places:
                yield
        finally:
            running.requests -= 1
            if not running.requests:
                del self._callers[who]

    def __len__(self) -> int:
        """Return how many callers have requests."""
        return len(self._callers)
