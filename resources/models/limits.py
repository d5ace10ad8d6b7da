"""The limits of an endpoint: requests and tokens a minute, as token buckets over a clock that is passed in."""

import asyncio
from collections.abc import Awaitable, Callable

Clock = Callable[[], float]
Sleep = Callable[[float], Awaitable[None]]


class Bucket:
    """A token bucket filled evenly to `per_minute`; it starts with one second's worth, at least 1."""

    def __init__(self, per_minute: float, clock: Clock) -> None:
        self._rate = per_minute / 60.0
        self._capacity = max(1.0, self._rate)
        self._level = self._capacity
        self._clock, self._at = clock, clock()

    async def take(self, amount: float, sleep: Sleep) -> None:
        """Wait until `amount` may be taken; more than the bucket's size is taken when the bucket is full, on credit."""
        while True:
            self._fill()
            needed = min(amount, self._capacity)
            if self._level >= needed:
                self._level -= amount
                return
            await sleep((needed - self._level) / self._rate)

    def give_back(self, amount: float) -> None:
        """Return `amount` to the bucket to correct an estimate; a negative amount takes more."""
        self._level = min(self._capacity, self._level + amount)

    def _fill(self) -> None:
        now = self._clock()
        self._level = min(self._capacity, self._level + (now - self._at) * self._rate)
        self._at = now


class EndpointLimits:
    """An endpoint's concurrency, requests and tokens a minute; None is no limit."""

    def __init__(self, concurrency: int, requests: int | None, tokens: int | None, clock: Clock, sleep: Sleep) -> None:
        self._slots = asyncio.Semaphore(concurrency)
        self._requests = Bucket(requests, clock) if requests else None
        self._tokens = Bucket(tokens, clock) if tokens else None
        self._sleep = sleep

    async def enter(self, tokens: float) -> None:
        """Wait for a slot and for both buckets; `tokens` is an estimate."""
        await self._slots.acquire()
        try:
            if self._requests:
                await self._requests.take(1, self._sleep)
            if self._tokens:
                await self._tokens.take(tokens, self._sleep)
        except BaseException:
            self._slots.release()
            raise

    def leave(self, estimated: float, used: float | None) -> None:
        """Release the slot and correct the token bucket if the number of tokens used is known."""
        if self._tokens and used is not None:
            self._tokens.give_back(estimated - used)
        self._slots.release()
