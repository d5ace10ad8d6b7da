"""A request's body, read within limits of size and time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any

from contracts.refusals import Refusal
from kit.http.headers import Malformed, Scope, header_of

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
LARGEST_BODY = 1 << 20
"""Bytes of a body, where an endpoint has no limit of its own."""


class TooLarge(Refusal):
    """A body over its limit."""

    code = "TOO_LARGE"


class TooSlow(Refusal):
    """A body that did not come in time; its status is 408."""

    code = "TIMEOUT"


class Incomplete(Refusal):
    """A body that was cut off, because the client left."""

    code = "INCOMPLETE"


class LimitedBody:
    """Wraps `receive`: at most `limit` bytes, `wait_s` seconds and one more for each `slowest` bytes that came.

    `read` is called with each part, so that whoever waits for the answer counts from the last one. Nothing is timed
    once the body is whole, nor while nobody asks for it.
    """

    def __init__(
        self, receive: Receive, limit: int | None, wait_s: float, slowest: int, read: Callable[[], None]
    ) -> None:
        self._receive, self._limit, self._wait_s, self._slowest, self._read = receive, limit, wait_s, slowest, read
        self._count, self._whole = 0, False
        self._began: float | None = None

    async def __call__(self) -> Message:
        """Return the next message; raise TooLarge, or TooSlow when it does not come in time."""
        if self._whole:
            return await self._receive()
        now = asyncio.get_running_loop().time()
        self._began = now if self._began is None else self._began
        try:
            async with asyncio.timeout_at(self._began + self._wait_s + self._count / self._slowest):
                message = await self._receive()
        except TimeoutError:
            raise TooSlow("the body came too slowly") from None
        self._count += len(message.get("body", b""))
        self._whole = not message.get("more_body", False)
        if self._limit is not None and self._count > self._limit:
            raise too_large(self._limit)
        self._read()
        return message


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
