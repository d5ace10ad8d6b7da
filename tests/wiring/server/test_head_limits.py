"""Heads without an end, over real connections to the real server."""

import asyncio
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router

from kit.http.evicting_quota import EvictingQuota
from tests.deadline import DEADLINE_S
from tests.running_server import running
from wiring.server.graceful_server import server_config
from wiring.server.head_limits import LARGEST_HEAD, MOST_HEADS, MOST_LINES, MOST_PIPELINED

TAKEN: list[bytes] = []
BEGUN, LEFT = asyncio.Event(), asyncio.Event()
"""Whether `/wait` was called, and whether it heard that its client had left."""
START = b"GET /take HTTP/1.1\r\nhost: here\r\n"
FEW = 4
"""Unfinished heads that an address may have in these tests."""
GROWTH_KB = 60_000
"""How much larger a server may become by what a stranger sends."""
CHILD = """
import uvicorn
from wiring.server.graceful_server import server_config

async def app(scope, receive, send):
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body"})

config = server_config(app)
config.lifespan = "off"
server = uvicorn.Server(config)
import socket
listening = socket.create_server(("127.0.0.1", 0))
print(listening.getsockname()[1], flush=True)
server.run(sockets=[listening])
"""


async def take(request: Request) -> Response:
    """Reads the body and is done."""
    TAKEN.append(await request.body())
    return Response("taken")


async def wait(request: Request) -> Response:
    """Waits for its client to leave."""
    BEGUN.set()
    while (await request.receive())["type"] != "http.disconnect":
        pass
    LEFT.set()
    return Response()


Story = Callable[[tuple[str, int]], Awaitable[None]]
"""What clients of a server at an address do."""


def served(story: Story) -> None:
    """Run the story beside a server."""
    TAKEN.clear()
    config = server_config(Router([Route("/take", take, methods=["GET", "POST"]), Route("/wait", wait)]))
    heads = EvictingQuota(FEW)
    config.http = type("WithFewHeads", (config.http,), {"heads": heads})  # type: ignore[arg-type]  # a class here

    async def run() -> None:
        async with running(config) as address, asyncio.timeout(DEADLINE_S):
            await story(address)
        assert heads.keys() == 0

    asyncio.run(run())


async def answers(address: tuple[str, int], said: bytes) -> bytes:
    """All that the server says to this until it closes, also where it closes before it has read everything."""
    loop, parts = asyncio.get_running_loop(), list[bytes]()
    with closing(socket.socket()) as connection:
        connection.setblocking(False)
        await loop.sock_connect(connection, address)
        with suppress(ConnectionError):
            await loop.sock_sendall(connection, said)
        with suppress(ConnectionError):
            while part := await loop.sock_recv(connection, 65_536):
                parts.append(part)
    return b"".join(parts)


def lines(number: int) -> bytes:
    """A head of so many lines, all but the first two of them short."""
    return START + b"connection: close\r\n" + b"a: b\r\n" * (number - 2) + b"\r\n"


@pytest.mark.parametrize(
    "said",
    [
        START + b"x: " + b"a" * LARGEST_HEAD,
        START + b"a: b\r\n" * (MOST_LINES + 1),
        START + b"x: " + b"a" * LARGEST_HEAD + b"\r\n\r\n",
        lines(MOST_LINES + 1),
        b"GET /" + b"a" * LARGEST_HEAD,
        b"\r\n" * LARGEST_HEAD,
        START + b"x: " + b"a" * 1_000_000 + b"\r\n\r\n",
    ],
    ids=["a line", "lines", "a whole line", "whole lines", "a path", "nothing", "a megabyte"],
)
def test_a_head_that_is_too_large_is_431(said: bytes) -> None:
    """Whether it ends or not, by its bytes or its lines; the connection is closed and no endpoint asked."""

    async def story(address: tuple[str, int]) -> None:
        assert (await answers(address, said)).startswith(b"HTTP/1.1 431 ")

    served(story)
    assert TAKEN == []


def test_a_head_within_the_limits_is_read() -> None:
    """Of as many lines and bytes as there may be."""

    async def story(address: tuple[str, int]) -> None:
        assert (await answers(address, lines(MOST_LINES))).startswith(b"HTTP/1.1 200 ")
        long = START + b"connection: close\r\nx: " + b"a" * (LARGEST_HEAD - 200) + b"\r\n\r\n"
        assert (await answers(address, long)).startswith(b"HTTP/1.1 200 ")

    served(story)
    assert TAKEN == [b"", b""]


SOCKET = START + b"upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\n"


@pytest.mark.parametrize("length", [b"content-length: 2", b"content-length: 100000", b"transfer-encoding: chunked"])
def test_a_websocket_with_a_body_is_400(length: bytes) -> None:
    """The parser would read the body and nobody the head: such a connection was open without a time or an answer."""

    async def story(address: tuple[str, int]) -> None:
        assert (await answers(address, SOCKET + length + b"\r\n\r\n")).startswith(b"HTTP/1.1 400 ")

    served(story)
    assert TAKEN == []


def test_a_websocket_behind_an_unanswered_request_ends_the_connection() -> None:
    """It would speak before that request is answered."""

    async def story(address: tuple[str, int]) -> None:
        assert b" 101 " not in await answers(address, START + b"\r\n" + SOCKET + b"\r\n")

    served(story)


CHUNKED = b"POST /take HTTP/1.1\r\nhost: here\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n"


@pytest.mark.parametrize(
    "more",
    [
        b"0\r\nx: " + b"a" * LARGEST_HEAD * 2,
        b"0\r\n" + b"a: b\r\n" * (MOST_LINES + 1),
        b"1;" + b"a" * LARGEST_HEAD * 2,
    ],
    ids=["a trailer's line", "a trailer's lines", "a chunk's extension"],
)
def test_what_follows_a_body_is_bounded_too(more: bytes) -> None:
    """The connection is ended, since an answer may have begun."""

    async def story(address: tuple[str, int]) -> None:
        assert await answers(address, CHUNKED + more) == b""

    served(story)
    assert TAKEN in ([], [b""])


def test_many_small_chunks_are_a_body() -> None:
    """What stands between them adds up to nothing."""

    async def story(address: tuple[str, int]) -> None:
        said = CHUNKED.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n", 1) + b"1\r\na\r\n" * 20_000 + b"0\r\n\r\n"
        assert (await answers(address, said)).startswith(b"HTTP/1.1 200 ")

    served(story)
    assert TAKEN == [b"a" * 20_001]


def test_requests_that_wait_on_one_connection_are_bounded() -> None:
    """A thousand requests in one piece: the connection is ended, and no more than the bound are taken."""

    async def story(address: tuple[str, int]) -> None:
        few = (START + b"\r\n") * (MOST_PIPELINED - 1)
        assert (await answers(address, few + lines(3))).count(b"HTTP/1.1 200 ") == MOST_PIPELINED
        TAKEN.clear()
        await answers(address, (START + b"\r\n") * 1000)

    served(story)
    assert len(TAKEN) <= MOST_PIPELINED + 1


def test_who_leaves_while_requests_wait_is_heard_by_the_one_that_is_answered() -> None:
    """What uvicorn tells the last of them alone: the first would compute on, and write into a closed connection."""

    async def story(address: tuple[str, int]) -> None:
        _, writer = await asyncio.open_connection(*address)
        writer.write(START.replace(b"/take", b"/wait") + b"\r\n" + lines(3))
        await BEGUN.wait()
        writer.close()
        await LEFT.wait()

    served(story)
    assert TAKEN == []


def test_the_oldest_unfinished_head_gives_way() -> None:
    """For one more of its address; who ends a head is answered, however many others end none."""

    async def story(address: tuple[str, int]) -> None:
        begun = list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]()
        for _ in range(FEW):
            begun.append(await asyncio.open_connection(*address))
            begun[-1][1].write(START)
        late_reader, late_writer = await asyncio.open_connection(*address)
        with suppress(ConnectionError):
            assert await begun[0][0].read() == b""
        late_writer.write(lines(3))
        assert (await late_reader.read()).startswith(b"HTTP/1.1 200 ")
        begun[1][1].write(b"connection: close\r\n\r\n")
        assert (await begun[1][0].read()).startswith(b"HTTP/1.1 200 ")
        for _, writer in (*begun, (late_reader, late_writer)):
            writer.close()

    served(story)


@contextmanager
def child() -> Iterator[tuple[int, int]]:
    """A server in a process of its own: its process id and its port."""
    with subprocess.Popen([sys.executable, "-c", CHILD], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.pid, int(process.stdout.readline())
        finally:
            process.terminate()


def peak_kb(pid: int) -> int:
    """The most memory that a process has had, in KB."""
    return int(Path(f"/proc/{pid}/status").read_text().partition("VmHWM:")[2].split()[0])


def requested(port: int) -> bytes:
    """What a caller is answered who sends an ordinary request."""
    with closing(socket.create_connection(("127.0.0.1", port), 60)) as connection:
        connection.sendall(lines(3))
        return connection.recv(65_536)


@pytest.mark.parametrize("line", [b"a: b\r\n", b"x: " + b"a" * 32_000 + b"\r\n"], ids=["short lines", "long lines"])
def test_heads_without_end_take_no_memory(line: bytes) -> None:
    """Twice as many connections as may be open send four megabytes each; a bystander is answered meanwhile."""
    with child() as (pid, port), ExitStack() as opened:
        assert requested(port).startswith(b"HTTP/1.1 204 ")
        before = peak_kb(pid)
        for _ in range(2 * MOST_HEADS):
            connection = opened.enter_context(closing(socket.create_connection(("127.0.0.1", port), 60)))
            with suppress(ConnectionError):
                connection.sendall(START + line * (4_000_000 // len(line)))
            with suppress(ConnectionError):
                assert line != b"a: b\r\n" or connection.recv(20) in {b"", b"HTTP/1.1 431 Request"}
        assert requested(port).startswith(b"HTTP/1.1 204 ")
        assert peak_kb(pid) - before < GROWTH_KB
