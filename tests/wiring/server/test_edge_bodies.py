"""Bodies that are on their way, over real connections to the real server with an edge."""

import asyncio
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, closing, suppress
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router

from resources.judging.checking.checking_process import LONGEST_S
from services.gateway.edge.middleware import EdgeMiddleware, EdgeRules
from tests.deadline import DEADLINE_S
from tests.running_server import running
from wiring.modules import declared_routes
from wiring.server.graceful_server import server_config

HOST = "here:1"
HELD, PART = 400_000, 100_000
"""Bytes that a caller's bodies may take, and bytes of each that have come."""
KEY = "address:127.0.0.1"
GROWTH_KB = 150_000
WEBHOOKS, WEBHOOK = 40, 7_000_000
CHILD = """
import socket, uvicorn
from starlette.responses import Response
from starlette.routing import Route, Router
from kit.http.bodies import read_body
from services.gateway.edge.middleware import EdgeMiddleware, EdgeRules
from wiring.server.graceful_server import server_config

async def nobody(_):
    return None

async def take(request):
    await read_body(request.scope, request.receive, 8 << 20)
    return Response("taken")

rules = EdgeRules(frozenset({"here:1"}), free_bodies=("/webhooks/",))
routes = Router([Route("/webhooks/judge", take, methods=["POST"])])
config = server_config(EdgeMiddleware(
    routes, rules, authenticate=nobody, may_change=lambda *_: True, new_id=lambda: "made-here"
))
config.lifespan = "off"
listening = socket.create_server(("127.0.0.1", 0))
print(listening.getsockname()[1], flush=True)
uvicorn.Server(config).run(sockets=[listening])
"""


async def take(request: Request) -> Response:
    """Reads the body."""
    return Response(str(len(await request.body())))


async def nobody(_: object) -> None:
    """Authenticates nobody."""


def head(length: int, path: str = "/webhooks/judge") -> bytes:
    """A request's head."""
    method = "PUT" if path.startswith("/uploads/") else "POST"
    return f"{method} {path} HTTP/1.1\r\nhost: {HOST}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n".encode()


Story = Callable[[EdgeMiddleware, tuple[str, int]], Awaitable[None]]


def served(story: Story) -> None:
    """Run the story beside a server."""
    paths = [Route("/webhooks/judge", take, methods=["POST"]), Route("/uploads/x", take, methods=["PUT"])]
    edge = EdgeMiddleware(
        Router(paths),
        EdgeRules(frozenset({HOST}), held_bytes=HELD),
        authenticate=nobody,
        may_change=lambda *_: True,
        new_id=lambda: "made-here",
    )

    async def run() -> None:
        async with running(server_config(edge)) as address, asyncio.timeout(DEADLINE_S):
            await story(edge, address)
        assert edge.bodies.keys() == 0

    asyncio.run(run())


def test_a_callers_bodies_are_bounded_together() -> None:
    """The one that began first gives way with 429; a short one is taken, however many others do not end."""

    async def story(edge: EdgeMiddleware, address: tuple[str, int]) -> None:
        begun = list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]()
        for number in range(6):
            reader, writer = await asyncio.open_connection(*address)
            writer.write(head(2 * PART) + b"a" * PART)
            if number >= 2:
                answer = await begun[number - 2][0].read()
                assert answer.startswith(b"HTTP/1.1 429 ")
                assert b"retry-after: 1" in answer
            begun.append((reader, writer))
        reader, writer = await asyncio.open_connection(*address)
        writer.write(head(3) + b"abc")
        assert (await reader.read()).endswith(b"\r\n3")
        assert 0 < edge.bodies.held(KEY) <= HELD
        begun[-1][1].write(b"a" * PART)
        assert (await begun[-1][0].read()).endswith(str(2 * PART).encode())
        for _, each in (*begun, (reader, writer)):
            each.close()

    served(story)


def test_what_is_streamed_takes_no_place() -> None:
    """Uploads are bounded by their own endpoint, which keeps no body."""

    async def story(edge: EdgeMiddleware, address: tuple[str, int]) -> None:
        reader, writer = await asyncio.open_connection(*address)
        writer.write(head(2 * HELD, "/uploads/x") + b"a" * 2 * HELD)
        assert (await reader.read()).endswith(str(2 * HELD).encode())
        assert edge.bodies.held(KEY) == 0
        writer.close()

    served(story)


def test_a_file_is_answered_for_by_its_check() -> None:
    """An upload has longer than the check of a file may take, so that no other answer comes before."""
    limits = {spec.operation: spec.answer_s for spec in declared_routes() if spec.answer_s is not None}
    assert limits["PUT /uploads/{token}"] > LONGEST_S


def peak_kb(pid: int) -> int:
    """The most memory that a process has had, in KB."""
    return int(Path(f"/proc/{pid}/status").read_text().partition("VmHWM:")[2].split()[0])


def test_webhooks_without_end_take_no_memory() -> None:
    """Forty bodies of seven megabytes, all but the last byte: what is held stays within the bound."""
    with (
        subprocess.Popen([sys.executable, "-c", CHILD], stdout=subprocess.PIPE, text=True) as child,
        ExitStack() as all_,
    ):
        assert child.stdout is not None
        all_.callback(child.terminate)
        port, before = int(child.stdout.readline()), peak_kb(child.pid)
        for _ in range(WEBHOOKS):
            connection = all_.enter_context(closing(socket.create_connection(("127.0.0.1", port), 60)))
            with suppress(ConnectionError):
                connection.sendall(head(WEBHOOK) + b"a" * (WEBHOOK - 1))
        with closing(socket.create_connection(("127.0.0.1", port), 60)) as connection:
            connection.sendall(head(3) + b"abc")
            assert connection.recv(65_536).startswith(b"HTTP/1.1 200 ")
        assert peak_kb(child.pid) - before < GROWTH_KB
