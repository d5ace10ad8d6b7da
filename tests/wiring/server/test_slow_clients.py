"""Slow clients, over real connections to the real server, in virtual time: both ends are on one event loop."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

import pytest
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route, Router

from services.gateway.edge.middleware import EdgeMiddleware, EdgeRules
from tests.running_server import running
from tests.virtual_time import GRACE_S, run_in_virtual_time
from wiring.server.graceful_server import server_config
from wiring.server.slow_clients import HEAD_S, READ_S

HOST = "here:1"
POUR = f"GET /pour HTTP/1.1\r\nhost: {HOST}\r\nconnection: close\r\n\r\n".encode()
SHORT_S, LONG_S = 0.5, 60.0
"""A time that passes in a test, and one that does not."""
READ: list[int] = []
ENDED: list[bool] = []
"""Has an entry when `pour` says no more."""
WHOLE = 200_000_000


async def take(request: Request) -> Response:
    """Reads the body."""
    READ.append(len(await request.body()))
    return Response("taken")


async def pour(_: Request) -> Response:
    """Answers with more than any buffer holds, until nobody is there."""

    async def parts() -> AsyncIterator[bytes]:
        try:
            for _ in range(WHOLE // 100_000):
                yield b"x" * 100_000
        finally:
            ENDED.append(True)

    return StreamingResponse(parts())


async def nobody(_: object) -> None:
    """Authenticates nobody."""


Story = Callable[[socket.socket], Awaitable[None]]
"""What a connected client does."""


def edge(body_s: float, slowest: int) -> EdgeMiddleware:
    """An edge that waits `body_s` for a body, and a second more for each `slowest` bytes of it."""
    return EdgeMiddleware(
        Router([Route("/take", take, methods=["GET", "POST"]), Route("/pour", pour)]),
        EdgeRules(frozenset({HOST}), body_s=body_s, slowest=slowest),
        authenticate=nobody,
        may_change=lambda *_: True,
        new_id=lambda: "made-here",
    )


def served(
    story: Story, *, head_s: float = LONG_S, body_s: float = LONG_S, read_s: float = LONG_S, slowest: int = 1_000
) -> None:
    """Run the story with a connection to a server that waits so long for a head, for a body and for a reader."""
    config = server_config(edge(body_s, slowest))
    config.http = type("WithTimeouts", (config.http,), {"head_s": head_s, "read_s": read_s})  # type: ignore[arg-type]  # a class here

    async def run() -> None:
        async with running(config) as address:
            with socket.socket() as connection:
                connection.setblocking(False)
                await asyncio.get_running_loop().sock_connect(connection, address)
                await story(connection)

    run_in_virtual_time(run(), GRACE_S)


async def say(connection: socket.socket, said: bytes) -> None:
    """Send all of it."""
    await asyncio.get_running_loop().sock_sendall(connection, said)


async def received_by(connection: socket.socket) -> bytes:
    """All that the server says until it closes."""
    parts = []
    while part := await asyncio.get_running_loop().sock_recv(connection, 65_536):
        parts.append(part)
    return b"".join(parts)


def head(length: int, more: str = "") -> bytes:
    """A request's head."""
    return f"POST /take HTTP/1.1\r\nhost: {HOST}\r\ncontent-length: {length}\r\n{more}\r\n".encode()


async def drip(connection: socket.socket) -> None:
    """Send a byte now and then for as long as it is taken."""
    while asyncio.get_running_loop().time() < LONG_S:
        await say(connection, b"a")
        await asyncio.sleep(SHORT_S / 10)


@pytest.mark.parametrize("begun", [b"", b"POST /take HTTP/1.1\r\nhost: he", head(1)[:-2]])
def test_a_head_that_does_not_come_ends_the_connection(begun: bytes) -> None:
    """Nothing, half a line, or all but the empty line: closed without an answer."""

    async def story(connection: socket.socket) -> None:
        await say(connection, begun)
        assert await received_by(connection) == b""

    served(story, head_s=SHORT_S)


def test_dripping_a_head_does_not_help() -> None:
    """The time counts from the connection's start, not from the last byte."""

    async def story(connection: socket.socket) -> None:
        await say(connection, b"POST /take HTTP/1.1\r\nx-a: ")
        with pytest.raises(OSError, match=r"reset|pipe"):
            await drip(connection)

    served(story, head_s=SHORT_S)


def test_a_body_that_does_not_come_is_408() -> None:
    """The endpoint is ended, the client told, the connection closed; dripping does not help either."""
    READ.clear()

    async def story(connection: socket.socket) -> None:
        await say(connection, head(1000) + b"a")
        answer = await received_by(connection)
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert b'"code": "TIMEOUT"' in answer
        assert b"connection: close" in answer.lower()

    served(story, body_s=SHORT_S)
    assert READ == []


def test_a_body_that_comes_in_time_is_taken() -> None:
    """In parts, with more time for what has come of it; and the connection is used again after a pause."""
    READ.clear()

    async def story(connection: socket.socket) -> None:
        await say(connection, head(3000) + b"a" * 1000)
        await asyncio.sleep(SHORT_S * 1.4)  # longer than a body may take of which nothing comes
        await say(connection, b"a" * 2000)
        answer = await asyncio.get_running_loop().sock_recv(connection, 65_536)
        assert answer.startswith(b"HTTP/1.1 200 ")
        await asyncio.sleep(SHORT_S * 1.4)  # longer than a head may take: nothing has begun, so nothing is late
        await say(connection, head(2, "connection: close\r\n") + b"ab")
        assert (await received_by(connection)).endswith(b"taken")

    served(story, head_s=SHORT_S, body_s=SHORT_S, slowest=10)
    assert READ == [3000, 2]


async def poured(connection: socket.socket) -> int:
    """The bytes that come until the connection ends."""
    count = 0
    with suppress(ConnectionResetError):
        while part := await asyncio.get_running_loop().sock_recv(connection, 1 << 20):
            count += len(part)
    return count


def test_an_answer_that_nobody_reads_is_cut_off() -> None:
    """Half a second after the buffers are full the connection ends."""
    ENDED.clear()

    async def story(connection: socket.socket) -> None:
        await say(connection, POUR)
        await asyncio.sleep(SHORT_S * 1.4)
        assert ENDED
        assert await poured(connection) < WHOLE

    served(story, read_s=SHORT_S)


def test_who_reads_an_answer_gets_all_of_it() -> None:
    """However large it is."""

    async def story(connection: socket.socket) -> None:
        await say(connection, POUR)
        assert await poured(connection) > WHOLE

    served(story)


def test_the_server_waits_longer() -> None:
    """Ten seconds for a head, twenty and more for a body, a minute for reading."""
    assert (HEAD_S, EdgeRules(frozenset()).body_s, READ_S) == (10.0, 20.0, 60.0)
