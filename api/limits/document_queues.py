"""Documents of one caller are prepared one after another and at a pace, so that others find time between them."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from api.limits.compute_pool import QueueFull

PACE, AT_ONCE = 25_000.0, 1_000.0
"""Units of a caller's documents that are prepared in a second, and how many at once before that holds."""
MOST_CALLERS = 10_000
"""Callers that are remembered before those who may go on at once are forgotten."""


@dataclass
class _CallerQueue:
    """The documents of one caller that are prepared or wait for it."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    count: int = 0


class DocumentQueues:
    """At most `most` documents of a caller wait or are prepared; `clock` and `sleep` have the same seconds."""

    def __init__(
        self,
        most: int,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._most, self._clock, self._sleep = most, clock, sleep
        self._by_caller: dict[str, _CallerQueue] = {}
        self._until: dict[str, float] = {}

    @asynccontextmanager
    async def taken(self, who: str) -> AsyncIterator[None]:
        """Wait for this caller's turn, and hold it; raise QueueFull where as many wait as may."""
        queue = self._by_caller.setdefault(who, _CallerQueue())
        if queue.count >= self._most:
            raise QueueFull("Too many documents are being read; try again when some of it is done.")
        queue.count += 1
        try:
            async with queue.lock:
                wait = self._until.get(who, 0.0) - self._clock()
                if wait > 0:
                    await self._sleep(wait)
                yield
        finally:
            queue.count -= 1
            if not queue.count:
                del self._by_caller[who]

    def spend(self, who: str, units: float) -> None:
        """Count what a caller's document costs: the next one waits until that is there."""
        now = self._clock()
        if len(self._until) > MOST_CALLERS:
            self._until = {each: until for each, until in self._until.items() if until > now}
        self._until[who] = max(self._until.get(who, 0.0), now - AT_ONCE / PACE) + units / PACE
