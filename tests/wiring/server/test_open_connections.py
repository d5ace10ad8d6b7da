"""Open connections are bounded: by their counts, and over real connections to the real server."""

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router

from api.transport.endpoint import TransportLimits
from services.gateway.edge.refusal_pace import PACED
from tests.deadline import DEADLINE_S
from tests.running_server import running
from wiring.server.graceful_server import WAITING_TO_OPEN, server_config
from wiring.server.open_connections import MOST_OPEN, OPEN_FILES, Awaited, OpenConnections

FEW = 3
"""Connections that an address may have in these tests."""
HEAD = b"/take HTTP/1.1\r\nhost: here\r\n"
GET = b"GET " + HEAD + b"\r\n"
Pair = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(eq=False)
class Counted:
    """A connection that only says what it waits for."""

    awaited: Awaited
    closed: bool = False

    def evict(self) -> bool:
        """Note that it is closed."""
        self.closed = True
        return True


def test_who_waits_for_a_request_gives_way_first() -> None:
    """Then who waits for its client, the oldest of each; with answers alone, who comes is not taken."""
    connections = OpenConnections(most=10, of_address=FEW)
    answered, sending, idle = Counted(Awaited.ANSWER), Counted(Awaited.CLIENT), Counted(Awaited.REQUEST)
    assert all(connections.add("a", each) for each in (answered, sending, idle))
    assert connections.add("b", Counted(Awaited.REQUEST))
    assert connections.add("a", Counted(Awaited.ANSWER))
    assert (answered.closed, sending.closed, idle.closed) == (False, False, True)
    assert connections.add("a", Counted(Awaited.ANSWER))
    assert (answered.closed, sending.closed) == (False, True)
    assert not connections.add("a", Counted(Awaited.ANSWER))
    assert len(connections) == FEW + 1
    connections.remove(answered)
    assert connections.add("a", Counted(Awaited.ANSWER))


def test_who_waits_to_be_refused_gives_way_before_anybody() -> None:
    """Even before an older connection that does nothing."""
    connections = OpenConnections(most=10, of_address=FEW)
    idle, refused, answered = Counted(Awaited.REQUEST), Counted(Awaited.REFUSAL), Counted(Awaited.ANSWER)
    assert all(connections.add("a", each) for each in (idle, refused, answered, Counted(Awaited.REQUEST)))
    assert (idle.closed, refused.closed, answered.closed) == (False, True, False)


def test_all_addresses_together_are_bounded_too() -> None:
    """A proxy has as many as all together may have, and not more."""
    connections = OpenConnections(most=FEW, of_address=1, proxies=frozenset({"proxy"}))
    held = [Counted(Awaited.REQUEST) for _ in range(FEW)]
    assert all(connections.add("proxy", each) for each in held)
    assert connections.add("a", Counted(Awaited.ANSWER))
    assert [each.closed for each in held] == [True, False, False]
    assert len(connections) == FEW


class Served:
    """A server that answers GET at once, and POST when `ready` is set."""

    def __init__(self) -> None:
        self.ready, self.begun = asyncio.Event(), asyncio.Queue[str]()
        self.opened = OpenConnections(of_address=FEW)

    async def take(self, request: Request) -> Response:
        """Answer."""
        if request.method == "POST":
            request.scope[PACED] = request.headers.get("x-paced") == "yes"
            self.begun.put_nowait(request.method)
            await self.ready.wait()
        return Response("taken")

    async def run(self, story: Callable[["Served", tuple[str, int]], Awaitable[None]]) -> None:
        """Run the story beside the server."""
        config = server_config(Router([Route("/take", self.take, methods=["GET", "POST"])]))
        config.http = type("Counted", (config.http,), {"opened": self.opened})  # type: ignore[arg-type]  # a class here
        async with running(config) as address, asyncio.timeout(DEADLINE_S):
            await story(self, address)
        assert len(self.opened) == 0


async def answered(pair: Pair) -> bool:
    """Whether the connection answers a request."""
    pair[1].write(GET)
    with suppress(ConnectionError, asyncio.IncompleteReadError):
        head = await pair[0].readuntil(b"\r\n\r\n")
        return head.startswith(b"HTTP/1.1 200 ") and await pair[0].readexactly(5) == b"taken"
    return False


def test_the_oldest_idle_connection_is_closed() -> None:
    """For one more of its address, which is answered; what is being answered stays, and so do younger ones."""

    async def story(served: Served, address: tuple[str, int]) -> None:
        busy = await asyncio.open_connection(*address)
        busy[1].write(b"POST " + HEAD + b"content-length: 0\r\n\r\n")
        await served.begun.get()
        pairs = [busy]
        for _ in range(FEW):
            pairs.append(await asyncio.open_connection(*address))
            assert await answered(pairs[-1])
        assert not await answered(pairs[1])
        assert await answered(pairs[2])
        served.ready.set()
        assert (await busy[0].readline()).startswith(b"HTTP/1.1 200 ")
        for _, writer in pairs:
            writer.close()

    served = Served()
    asyncio.run(served.run(story))


def test_a_refusal_that_waits_gives_way() -> None:
    """Its connection is closed for one more of its address, which is answered; those that are answered stay."""

    async def story(served: Served, address: tuple[str, int]) -> None:
        pairs = []
        for paced in (b"no", b"yes", b"no"):
            pairs.append(await asyncio.open_connection(*address))
            pairs[-1][1].write(b"POST " + HEAD + b"x-paced: " + paced + b"\r\ncontent-length: 0\r\n\r\n")
            await served.begun.get()
        pairs.append(await asyncio.open_connection(*address))
        assert await answered(pairs[-1])
        with suppress(ConnectionError):
            assert await pairs[1][0].read() == b""
        served.ready.set()
        assert [(await pairs[place][0].readline())[:13] for place in (0, 2)] == [b"HTTP/1.1 200 "] * 2
        for _, writer in pairs:
            writer.close()

    served = Served()
    asyncio.run(served.run(story))


def test_where_all_are_answered_one_more_is_not_taken() -> None:
    """It is closed at once, and the answers come."""

    async def story(served: Served, address: tuple[str, int]) -> None:
        pairs = [await asyncio.open_connection(*address) for _ in range(FEW)]
        for _, writer in pairs:
            writer.write(b"POST " + HEAD + b"content-length: 0\r\n\r\n")
        for _ in pairs:
            await served.begun.get()
        late = await asyncio.open_connection(*address)
        assert not await answered(late)
        served.ready.set()
        for reader, writer in (*pairs, late):
            if writer is not late[1]:
                assert (await reader.readline()).startswith(b"HTTP/1.1 200 ")
            writer.close()

    served = Served()
    asyncio.run(served.run(story))


SCRIPT = """
import resource
from wiring.server.open_connections import raise_open_files
resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard}))
print(raise_open_files(), *resource.getrlimit(resource.RLIMIT_NOFILE))
"""


@pytest.mark.parametrize(("soft", "hard", "after"), [(256, 4096, 4096), (256, 1024, 1024), (4096, 4096, 4096)])
def test_it_is_raised_as_far_as_it_may(soft: int, hard: int, after: int) -> None:
    """To what is wanted or to what the system allows; the system's own limit stays."""
    command = [sys.executable, "-c", SCRIPT.format(soft=soft, hard=hard)]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=DEADLINE_S).stdout.split()
    assert said == [str(after), str(after), str(hard)]


def test_there_are_files_for_all_that_may_be_open() -> None:
    """Connections, those that wait in the kernel, websockets and streams of all callers, three files a database's."""
    limits = TransportLimits()
    databases = 3 * (64 + 64)
    assert MOST_OPEN + WAITING_TO_OPEN + limits.half_open + limits.streams + databases < OPEN_FILES
