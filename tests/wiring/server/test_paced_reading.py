"""What is read of an address, by the numbers and over a real connection."""

import asyncio
import socket
from collections.abc import Callable
from contextlib import closing
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router

from tests.deadline import DEADLINE_S
from tests.running_server import running
from wiring.server.graceful_server import server_config
from wiring.server.paced_reading import PacedFlow, ReadPace

SIZE = 4 << 20


def test_an_address_waits_for_what_it_sent_beyond_its_burst() -> None:
    """At 100 bytes a second and 200 at once: 300 bytes make it wait a second, another address and a proxy do not."""
    now = 1000.0
    pace = ReadPace(100, 200, frozenset({"proxy"}), lambda: now)
    assert [pace.take("a", size) for size in (200, 100, 100)] == [0.0, 1.0, 2.0]
    assert (pace.take("b", 200), pace.take("proxy", 10_000)) == (0.0, 0.0)
    now += 2.0
    assert pace.take("a", 50) == 0.5
    now += 60.0
    assert pace.take("a", 200) == 0.0


class _Transport:
    """What the flow does to a transport."""

    def __init__(self) -> None:
        self.did: list[str] = []

    def pause_reading(self) -> None:
        """Note it."""
        self.did.append("pause")

    def resume_reading(self) -> None:
        """Note it."""
        self.did.append("resume")

    def is_closing(self) -> bool:
        """Return False."""
        return False


def test_a_held_connection_is_read_again_only_when_nothing_else_holds_it() -> None:
    """The application's own pauses and the hold go together, whichever ends first; each is told once."""
    transport, later = _Transport(), list[Callable[[], None]]()
    flow = PacedFlow(transport, lambda _, release: later.append(release))  # type: ignore[arg-type]  # a part of one
    flow.hold(1.0)
    flow.hold(2.0)
    flow.pause_reading()
    flow.resume_reading()
    assert (transport.did, len(later)) == (["pause"], 1)
    later.pop()()
    assert transport.did == ["pause", "resume"]
    flow.hold(1.0)
    flow.pause_reading()
    later.pop()()
    assert transport.did == ["pause", "resume", "pause"]
    flow.resume_reading()
    assert transport.did == ["pause", "resume", "pause", "resume"]


def _sent(pace: ReadPace, wait_for: Callable[[list[int], asyncio.Task[bytes]], Any]) -> tuple[list[int], bytes]:
    """Post SIZE bytes, and return the sizes that came and the answer, once `wait_for` says so."""
    came: list[int] = []

    async def take(request: Request) -> Response:
        async for part in request.stream():
            came.append(len(part))  # noqa: PERF401  # each as it comes
        return Response(str(sum(came)))

    config = server_config(Router([Route("/take", take, methods=["POST"])]))
    http: Any = config.http
    config.http = type("Paced", (http,), {"pace": pace})

    async def post(address: tuple[str, int]) -> bytes:
        loop = asyncio.get_running_loop()
        with closing(socket.socket()) as connection:
            connection.setblocking(False)
            await loop.sock_connect(connection, address)
            head = f"POST /take HTTP/1.1\r\nhost: here\r\nconnection: close\r\ncontent-length: {SIZE}\r\n\r\n"
            await loop.sock_sendall(connection, head.encode() + bytes(SIZE))
            said = b""
            while part := await loop.sock_recv(connection, 65_536):
                said += part
            return said

    async def run() -> bytes:
        async with running(config) as address, asyncio.timeout(DEADLINE_S):
            posting = asyncio.create_task(post(address))
            try:
                await wait_for(came, posting)
                return posting.result() if posting.done() else b""
            finally:
                posting.cancel()

    return came, asyncio.run(run())


def test_a_body_comes_whole_however_often_it_is_held() -> None:
    """Nothing is lost where a connection is held after each piece and goes on after it."""

    async def answered(_: list[int], posting: asyncio.Task[bytes]) -> None:
        await posting

    came, said = _sent(ReadPace(SIZE, 1), answered)
    assert said.endswith(f"\r\n\r\n{SIZE}".encode())
    assert sum(came) == SIZE


def test_a_flood_is_not_read() -> None:
    """At a byte a second no more is read than one piece of what the kernel holds; the rest waits with the client."""

    async def stopped(came: list[int], posting: asyncio.Task[bytes]) -> None:
        while not came:  # noqa: ASYNC110  # a list that the server fills
            await asyncio.sleep(0.01)
        for _ in range(100):  # turns of the loop in which the rest would be read
            await asyncio.sleep(0)
        assert not posting.done()

    came, _ = _sent(ReadPace(1, 1), stopped)
    assert 0 < sum(came) < SIZE // 4
