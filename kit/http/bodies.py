"""A request's body, read within limits of size and time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any

from contracts import routes
from contracts.refusals import Refusal
from kit.http.headers import Malformed, Scope, header_of

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
LARGEST_BODY = routes.LARGEST_BODY
"""Bytes of a body, where an endpoint has no limit of its own."""

UNFINISHED = 65_536
"""Bytes that a body counts more when it comes in parts: what the server keeps of what nobody has asked for yet."""


class TooLarge(Refusal):
    """A body over its limit."""

    code = "TOO_LARGE"


class TooSlow(Refusal):
    """A body that did not come in time; its status is 408."""

    code = "TIMEOUT"


class Crowded(Refusal):
    """A body that gave way to others of its caller, or found no place beside them; its status is 429."""

    code = "RATE_LIMITED"


class Incomplete(Refusal):
    """A body that was cut off, because the client left."""

    code = "INCOMPLETE"


class LimitedBody:
    """Wraps `receive`: at most `limit` bytes, `wait_s` seconds and one more for each `slowest` bytes that came.

    `read` is called with each part, so that whoever waits for the answer counts from the last one. Nothing is timed
    once the body is whole, nor while nobody asks for it. `hold` is called with the bytes of each part, `UNFINISHED`
    more for one that is not whole, and says whether there is a place for them; until it is whole it can be evicted.
    """

    def __init__(
        self,
        receive: Receive,
        limit: int | None,
        wait_s: float,
        slowest: int,
        read: Callable[[], None],
        hold: Callable[["LimitedBody", int], bool] = lambda *_: True,
    ) -> None:
        self._receive, self._limit, self._wait_s, self._slowest, self._read = receive, limit, wait_s, slowest, read
        self._hold, self._count, self._whole, self._evicted = hold, 0, False, False
        self._began: float | None = None
        self._waiting: asyncio.Timeout | None = None

    async def __call__(self) -> Message:
        """Return the next message; raise TooLarge, TooSlow when it does not come in time, Crowded when evicted."""
        if self._whole:
            return await self._receive()
        if self._evicted:
            raise _crowded()
        message = await self._next()
        size, first = len(message.get("body", b"")), self._count == 0
        self._count += size
        self._whole = not message.get("more_body", False)
        if self._limit is not None and self._count > self._limit:
            raise too_large(self._limit)
        if not self._hold(self, size + (UNFINISHED if first and not self._whole else 0)):
            raise _crowded()
        self._read()
        return message

    async def _next(self) -> Message:
        now = asyncio.get_running_loop().time()
        self._began = now if self._began is None else self._began
        try:
            async with asyncio.timeout_at(self._began + self._wait_s + self._count / self._slowest) as self._waiting:
                return await self._receive()
        except TimeoutError:
            raise _crowded() if self._evicted else TooSlow("the body came too slowly") from None
        finally:
            self._waiting = None

    def evict(self) -> bool:
        """Give way to another body: the reader gets Crowded. Return False for a body that is whole."""
        if self._whole:
            return False
        self._evicted = True
        if self._waiting is not None:
            self._waiting.reschedule(asyncio.get_running_loop().time())
        return True


async def read_body(scope: Scope, receive: Receive, limit: int, within_s: float | None = None) -> bytes:
    """Return the whole body.

    Raise TooLarge as soon as it is over `limit` bytes or says so itself, TooSlow when it takes longer than `within_s`
    seconds, Incomplete when the client leaves, Malformed for a length that is none.
    """
    if declared_length(scope) > limit:
        raise too_large(limit)
    body = bytearray()
    try:
        async with asyncio.timeout(within_s):
            async for part in body_parts(receive):
                body += part
                if len(body) > limit:
                    raise too_large(limit)
    except TimeoutError:
        raise TooSlow(f"the body did not come within {within_s:g} s") from None
    return bytes(body)


async def body_parts(receive: Receive) -> AsyncIterator[bytes]:
    """Give the body part by part; raise Incomplete when the client leaves before its end."""
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Incomplete("the body was cut off")
        more = message.get("more_body", False)
        yield message.get("body", b"")


def declared_length(scope: Scope) -> int:
    """Return the bytes that a request says its body has, 0 where it does not say; raise Malformed for no number."""
    length = header_of(scope, "content-length")
    if length is None:
        return 0
    if not (length.isascii() and length.isdecimal() and len(length) <= 18):
        raise Malformed("the content length is no number", ("content-length",))
    return int(length)


def _crowded() -> Crowded:
    return Crowded("too many bodies of this caller are on their way: send them one after another")


def too_large(limit: int) -> TooLarge:
    """Return the refusal of a body over `limit` bytes."""
    return TooLarge(f"the body is over {limit} bytes", ("body",))


def replayed(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that gives `body` once and then what the client sends on."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
