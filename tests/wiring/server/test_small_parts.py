"""Parts as small as can be, over real connections to the real server, and what is counted of them."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router, WebSocketRoute
from starlette.websockets import WebSocket

from api.limits.rate_limits import TokenRate
from tests.deadline import DEADLINE_S
from tests.running_server import running
from wiring.server.graceful_server import server_config
from wiring.server.small_parts import PIECE, SMALL, SmallParts

FEW = TokenRate(burst=100, per_second=0.001)
"""So many parts from an address, and no more within a test."""
HANDSHAKE = (
    b"GET /socket HTTP/1.1\r\nhost: here\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
    b"sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)
CHUNKED = b"POST /take HTTP/1.1\r\nhost: here\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n"
BEGIN, GO_ON, PING, HELLO = b"\x01\x80\0\0\0\0", b"\x00\x80\0\0\0\0", b"\x89\x80\0\0\0\0", b"\x81\x81\0\0\0\0a"
"""Frames: a message without its end, more of it, a ping, and a whole message."""
Story = Callable[[tuple[str, int]], Awaitable[None]]


async def _take(request: Request) -> Response:
    return Response(str(len(await request.body())))


async def _echo(socket: WebSocket) -> None:
    await socket.accept()
    async for text in socket.iter_text():
        await socket.send_text(text)


def _served(story: Story, rate: TokenRate = FEW) -> None:
    routes = [Route("/take", _take, methods=["POST"]), WebSocketRoute("/socket", _echo)]
    config = server_config(Router(routes))
    http: Any = config.http
    config.http = type("FewChunks", (http,), {"chunks": SmallParts(rate)})
    ws: Any = config.ws
    config.ws = type("FewFrames", (ws,), {"frames_of": SmallParts(rate)})

    async def run() -> None:
        async with running(config) as address, asyncio.timeout(DEADLINE_S):
            await story(address)

    asyncio.run(run())


async def _said(
    address: tuple[str, int], sent: bytes, then: bytes = b"", source: str = "127.0.0.1", until: bytes | None = None
) -> bytes:
    """What is answered, up to `until` or to the end of the connection; `then` is sent once a head is there."""
    loop, said = asyncio.get_running_loop(), b""
    with closing(socket.socket()) as connection:
        connection.setblocking(False)
        connection.bind((source, 0))
        await loop.sock_connect(connection, address)
        try:
            await loop.sock_sendall(connection, sent)
            while until is None or until not in said:
                if not (part := await loop.sock_recv(connection, 65_536)):
                    break
                said += part
                if then and b"\r\n\r\n" in said:
                    await loop.sock_sendall(connection, then)
                    then = b""
        except ConnectionError:
            pass
    return said


async def _send_on(writer: asyncio.StreamWriter, data: bytes) -> None:
    """Send until the server ends the connection."""
    while True:
        writer.write(data)
        await writer.drain()


def test_parts_are_counted_by_address_and_of_a_proxy_by_connection() -> None:
    """Whoever waits may send more; what one address sends is no other's."""
    now = 0.0
    parts = SmallParts(TokenRate(burst=2, per_second=1), frozenset({"10.0.0.9"}), lambda: now)
    assert [parts.take(("10.0.0.1", port)) for port in range(3)] == [True, True, False]
    assert parts.take(("10.0.0.2", 1))
    assert [parts.take(("10.0.0.9", port)) for port in range(3)] == [True, True, True]
    now = 1.0
    assert [parts.take(("10.0.0.1", 7)), parts.take(("10.0.0.1", 7))] == [True, False]


@pytest.mark.parametrize("frame", [GO_ON, PING, b"\x8a\x80\0\0\0\0"], ids=["more of a message", "pings", "pongs"])
def test_frames_of_an_address_are_bounded(frame: bytes) -> None:
    """The socket ends within as many, others of the address with the next one; another address is not touched."""

    async def story(address: tuple[str, int]) -> None:
        begun = BEGIN if frame == GO_ON else b""
        said = await _said(address, HANDSHAKE, begun + frame * 50_000)
        assert b" 101 " in said
        assert said.count(b"\x8a\x00") <= FEW.burst + PIECE // len(frame)
        assert b"\x81\x01a" not in await _said(address, HANDSHAKE, HELLO)
        assert b"\x81\x01a" in await _said(address, HANDSHAKE, HELLO, "127.0.0.2", until=b"\x81\x01a")

    _served(story)


def test_who_pings_and_reads_nothing_is_ended() -> None:
    """Answers to pings wait for their reader in our memory: it holds no more of them than of other answers."""

    async def story(address: tuple[str, int]) -> None:
        reader, writer = await asyncio.open_connection(*address, limit=1_000)
        writer.write(HANDSHAKE)
        await reader.readuntil(b"\r\n\r\n")
        ping = b"\x89\xfd\0\0\0\0" + b"a" * 125
        with pytest.raises(ConnectionError):
            await _send_on(writer, ping * 1_000)

    _served(story, replace(FEW, burst=10**9))


def test_small_chunks_of_an_address_are_bounded() -> None:
    """The connection ends within as many; large ones, and bodies that say their length, are not counted."""

    async def story(address: tuple[str, int]) -> None:
        large = b"%x\r\n" % SMALL + b"a" * SMALL + b"\r\n"
        whole = await _said(address, CHUNKED + large * 1_000 + b"0\r\n\r\n")
        assert whole.endswith(str(1_000 * SMALL).encode())
        assert await _said(address, CHUNKED + b"1\r\na\r\n" * 50_000) == b""
        assert await _said(address, CHUNKED + b"1\r\na\r\n0\r\n\r\n") == b""
        plain = b"POST /take HTTP/1.1\r\nhost: here\r\nconnection: close\r\ncontent-length: 1\r\n\r\na"
        assert (await _said(address, plain)).endswith(b"\r\n\r\n1")
        assert (await _said(address, CHUNKED + b"1\r\na\r\n0\r\n\r\n", source="127.0.0.2")).endswith(b"\r\n\r\n1")

    _served(story)
