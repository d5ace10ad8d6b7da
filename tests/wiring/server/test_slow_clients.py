"""Slow clients, over real connections to the real server."""

import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress

import pytest
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route, Router

from services.gateway.edge.middleware import EdgeMiddleware, EdgeRules
from tests.wiring.loopback_server import listening
from wiring.server.slow_clients import HEAD_S, READ_S

HOST = "here:1"
POUR = f"GET /pour HTTP/1.1\r\nhost: {HOST}\r\nconnection: close\r\n\r\n".encode()
DEADLINE_S = 60.0
READ: list[int] = []
ENDED = threading.Event()
"""Set when `pour` says no more."""
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
            ENDED.set()

    return StreamingResponse(parts())


async def nobody(_: object) -> None:
    """Authenticates nobody."""


def edge(slowest: int) -> EdgeMiddleware:
    """An edge that waits half a second for a body, and a second more for each `slowest` bytes of it."""
    return EdgeMiddleware(
        Router([Route("/take", take, methods=["GET", "POST"]), Route("/pour", pour)]),
        EdgeRules(frozenset({HOST}), body_s=0.5, slowest=slowest),
        authenticate=nobody,
        may_change=lambda *_: True,
        new_id=lambda: "made-here",
    )


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A served edge that waits half a second for a head, for a body, and for a reader."""
    with listening(edge(slowest=1_000), head_s=0.5, read_s=0.5) as found:
        yield found


@pytest.fixture(scope="module")
def patient_port() -> Iterator[int]:
    """One that waits a minute for a reader, and for the rest of a body as soon as some of it is there."""
    with listening(edge(slowest=10), head_s=0.5, read_s=DEADLINE_S) as found:
        yield found


def received_by(connection: socket.socket) -> bytes:
    """All that the server says until it closes."""
    connection.settimeout(DEADLINE_S)
    parts = []
    while part := connection.recv(65_536):
        parts.append(part)
    return b"".join(parts)


def head(length: int, more: str = "") -> bytes:
    """A request's head."""
    return f"POST /take HTTP/1.1\r\nhost: {HOST}\r\ncontent-length: {length}\r\n{more}\r\n".encode()


def drip(connection: socket.socket) -> None:
    """Send a byte now and then for as long as it is taken."""
    deadline = time.monotonic() + DEADLINE_S
    while time.monotonic() < deadline:
        connection.sendall(b"a")
        time.sleep(0.05)


@pytest.mark.parametrize("begun", [b"", b"POST /take HTTP/1.1\r\nhost: he", head(1)[:-2]])
def test_a_head_that_does_not_come_ends_the_connection(port: int, begun: bytes) -> None:
    """Nothing, half a line, or all but the empty line: closed without an answer."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(begun)
        assert received_by(connection) == b""


def test_dripping_a_head_does_not_help(port: int) -> None:
    """The time counts from the connection's start, not from the last byte."""
    with socket.create_connection(("127.0.0.1", port), DEADLINE_S) as connection:
        connection.sendall(b"POST /take HTTP/1.1\r\nx-a: ")
        with pytest.raises(OSError, match=r"reset|pipe"):
            drip(connection)


def test_a_body_that_does_not_come_is_408(port: int) -> None:
    """The door is ended, the client told, the connection closed; dripping does not help either."""
    READ.clear()
    with socket.create_connection(("127.0.0.1", port), DEADLINE_S) as connection:
        connection.sendall(head(1000) + b"a")
        answer = received_by(connection)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b'"code": "TIMEOUT"' in answer
    assert b"connection: close" in answer.lower()
    assert READ == []


def test_a_body_that_comes_in_time_is_taken(patient_port: int) -> None:
    """In parts, with more time for what has come of it; and the connection is used again after a pause."""
    READ.clear()
    with socket.create_connection(("127.0.0.1", patient_port), DEADLINE_S) as connection:
        connection.sendall(head(3000) + b"a" * 1000)
        time.sleep(0.7)  # longer than a body may take of which nothing comes
        connection.sendall(b"a" * 2000)
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200 ")
        time.sleep(0.7)  # longer than a head may take: nothing has begun, so nothing is late
        connection.sendall(head(2, "connection: close\r\n") + b"ab")
        assert received_by(connection).endswith(b"taken")
    assert READ == [3000, 2]


def poured(connection: socket.socket) -> int:
    """The bytes that come until the connection ends."""
    count = 0
    with suppress(ConnectionResetError):
        while part := connection.recv(1 << 20):
            count += len(part)
    return count


@pytest.mark.slow
def test_an_answer_that_nobody_reads_is_cut_off(port: int) -> None:
    """Half a second after the buffers are full the connection ends."""
    ENDED.clear()
    with socket.create_connection(("127.0.0.1", port), DEADLINE_S) as connection:
        connection.sendall(POUR)
        assert ENDED.wait(DEADLINE_S)
        assert poured(connection) < WHOLE


@pytest.mark.slow
def test_who_reads_an_answer_gets_all_of_it(patient_port: int) -> None:
    """However large it is."""
    with socket.create_connection(("127.0.0.1", patient_port), DEADLINE_S) as connection:
        connection.sendall(POUR)
        assert poured(connection) > WHOLE


def test_the_server_waits_longer() -> None:
    """Ten seconds for a head, twenty and more for a body, a minute for reading."""
    assert (HEAD_S, EdgeRules(frozenset()).body_s, READ_S) == (10.0, 20.0, 60.0)
