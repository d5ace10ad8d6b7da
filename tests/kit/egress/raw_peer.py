"""A peer on loopback that answers with the bytes a test chooses, and a name server whose answers it chooses too."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tests.virtual_time import GRACE_S, run_in_virtual_time

T = TypeVar("T")
Answering = Callable[[asyncio.StreamWriter], Awaitable[None]]
HELLO = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


def sending(*parts: bytes) -> Answering:
    """PeerAnswer with these bytes, then end the connection."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()

    return answer


def endless(head: bytes, part: bytes, pause_s: float = 0.0) -> Answering:
    """PeerAnswer with a head and then the same part until the reader leaves."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while True:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause_s)

    return answer


async def never(_: asyncio.StreamWriter) -> None:
    """PeerAnswer nothing, and leave the connection open."""
    await asyncio.Event().wait()


@dataclass
class RawPeer:
    """`answers` maps a path to what it sends; `heads` are the requests that came, head and body."""

    answers: dict[str, Answering]
    port: int = 0
    stays_open: bool = False
    heads: list[bytes] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)
    """What TLS was asked for, by SNI."""

    @property
    def pair(self) -> tuple[str, int]:
        """The peer as an exception of the settings."""
        return "127.0.0.1", self.port

    def url(self, path: str = "/", host: str = "127.0.0.1", scheme: str = "http") -> str:
        """An address of the peer, under its own or another name."""
        return f"{scheme}://{host}:{self.port}{path}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read requests of one connection, each with its body, and answer them."""
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
                while await self._answered(reader, writer):
                    pass
            writer.close()
            with suppress(ConnectionError, ssl.SSLError):
                await writer.wait_closed()
        finally:
            writer.transport.abort()

    async def _answered(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """PeerAnswer one request, and return whether another may follow on the connection."""
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"\r\ncontent-length: (\d+)", head.lower())
        self.heads.append(head + await reader.readexactly(int(length[1]) if length else 0))
        await self.answers[head.split(b" ")[1].decode()](writer)
        return self.stays_open


@asynccontextmanager
async def listening(peer: RawPeer, tls: ssl.SSLContext | None) -> AsyncIterator[None]:
    """Have the peer listen on a free port; a TLS context records the names that it is asked for."""
    if tls is not None:
        tls.sni_callback = lambda _, name, __: peer.names.append(name)
    connections = set[asyncio.Task[None]]()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.add(asyncio.ensure_future(peer.serve(reader, writer)))

    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls)
    peer.port = server.sockets[0].getsockname()[1]
    try:
        yield
    finally:
        server.close()
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)
        await asyncio.sleep(0)  # an aborted connection is closed in the next turn of the loop


def with_peer(peer: RawPeer, story: Callable[[], Coroutine[Any, Any, T]], tls: ssl.SSLContext | None = None) -> T:
    """Return what the story returns, told in virtual time while the peer listens."""

    async def run() -> T:
        async with listening(peer, tls):
            return await story()

    return run_in_virtual_time(run(), GRACE_S)


class StubNames:
    """A name server: each question about a name takes the next of its answers, the last one for ever."""

    def __init__(self, **answers: Iterable[Sequence[str]]) -> None:
        self._answers = {name.replace("_", "."): list(each) for name, each in answers.items()}
        self.questions: list[str] = []

    async def __call__(self, name: str) -> Sequence[str]:
        """Return the addresses; raise OSError for a name that is not known."""
        self.questions.append(name)
        if name not in self._answers:
            raise OSError(name)
        left = self._answers[name]
        return left.pop(0) if len(left) > 1 else left[0]
