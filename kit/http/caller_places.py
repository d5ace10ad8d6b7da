"""How many requests of one caller are worked on at a time, so that nobody takes all threads."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass

EACH = 8
"""Requests of a caller, or of an address without one, that have a thread at a time; there are 40 threads."""


@dataclass
class _Running:
    places: asyncio.Semaphore
    requests: int = 0


class CallerPlaces:
    """At most `each` of a caller's requests run; those beyond wait in the order in which they came, others do not.

    With `most` no more run at a time of all callers, and who has a place of their own waits for one of these.
    """

    def __init__(self, each: int = EACH, most: int | None = None) -> None:
        self._each, self._callers = each, dict[str, _Running]()
        self._all = nullcontext() if most is None else asyncio.Semaphore(most)

    @asynccontextmanager
    async def taken(self, who: str) -> AsyncIterator[None]:
        """Yield once this request has a place."""
        running = self._callers.setdefault(who, _Running(asyncio.Semaphore(self._each)))
        running.requests += 1
        try:
            async with running.places, self._all:
                yield
        finally:
            running.requests -= 1
            if not running.requests:
                del self._callers[who]

    def __len__(self) -> int:
        """Return how many callers have requests."""
        return len(self._callers)
