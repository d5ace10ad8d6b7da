"""Refusals for callers who ask too much, answered after a moment, so that asking again at once costs little."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable

HELD_S = 1.0
MOST_HELD = 64
"""Refusals of one caller that wait at a time; one more is answered at once."""


class HeldRefusals:
    """Counts the refusals that wait, by caller; `sleep` waits for so many seconds."""

    def __init__(
        self,
        seconds: float = HELD_S,
        each: int = MOST_HELD,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._seconds, self._each, self._sleep = seconds, each, sleep
        self.held = Counter[str]()

    async def wait(self, who: str) -> None:
        """Wait a moment for this caller's sake, unless as many of its refusals wait already as may."""
        if self.held[who] >= self._each:
            return
        self.held[who] += 1
        try:
            await self._sleep(self._seconds)
        finally:
            self.held[who] -= 1
            if not self.held[who]:
                del self.held[who]
