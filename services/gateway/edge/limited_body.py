"""A request's body as an endpoint reads it: counted, and given up when the client is too slow."""

import asyncio
from collections.abc import Callable

from starlette.types import Message, Receive


class TooLarge(Exception):
    """The body is over its limit."""


class TooSlow(Exception):
    """The client sends less than the least it may."""


class Body:
    """Wraps `receive`: at most `limit` bytes, `wait_s` seconds and one more for each `slowest` bytes that came.

    `read` is called with each part, so that whoever waits for the answer counts from the last one. Nothing is timed
    once the body is whole, nor while the endpoint does not ask.
    """

    def __init__(
        self, receive: Receive, limit: int | None, wait_s: float, slowest: int, read: Callable[[], None]
    ) -> None:
        self._receive, self._limit, self._wait_s, self._slowest, self._read = receive, limit, wait_s, slowest, read
        self._count, self._whole = 0, False
        self._began: float | None = None

    async def __call__(self) -> Message:
        """The next message; TooLarge, TooSlow."""
        if self._whole:
            return await self._receive()
        now = asyncio.get_running_loop().time()
        self._began = now if self._began is None else self._began
        try:
            async with asyncio.timeout_at(self._began + self._wait_s + self._count / self._slowest):
                message = await self._receive()
        except TimeoutError:
            raise TooSlow from None
        self._count += len(message.get("body", b""))
        self._whole = not message.get("more_body", False)
        if self._limit is not None and self._count > self._limit:
            raise TooLarge
        self._read()
        return message
