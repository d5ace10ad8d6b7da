"""The subscriptions of one caller look for what is new one after another, so that many of them cost what few do."""

import asyncio
from collections.abc import Awaitable, Callable

from api.limits.rate_limits import TokenRate
from kit.http.caller_places import CallerPlaces

LOOKS = 100
"""Looks a second of all of a caller's subscriptions; each takes a thread and a read of the disk."""


class LookPace:
    """When a caller's next look may be; `sleep` waits for so many seconds."""

    def __init__(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._places, self._sleep = CallerPlaces(1), sleep

    async def take(self, who: str, cost: float) -> None:
        """Return when a caller may look: after those that wait already, and once `cost` units would be there again."""
        async with self._places.taken(who):
            await self._sleep(1 / LOOKS + cost / TokenRate.per_second)
