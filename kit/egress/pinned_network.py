"""Connects to the very addresses that were checked, and counts what is read and written for each request."""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

import httpcore

from kit.egress.addresses import is_public
from kit.egress.targets import Exceptions, TargetRefused

Resolve = Callable[[str], Awaitable[Sequence[str]]]
"""Returns the addresses of a name; raises OSError where it has none."""
MOST_ADDRESSES = 4
"""How many of a name's addresses are tried, in the resolver's order."""
CONNECT_S = 3.0
"""How long one of the addresses is tried."""
RESOLVING_THREADS = 4


class TooMuch(Exception):
    """The peer sent more bytes than the request has left."""


@dataclass
class Exchange:
    """What one request may read still, and whether any of it was sent."""

    bytes_left: int
    sent: bool = False


EXCHANGE: ContextVar[Exchange] = ContextVar("EXCHANGE")
"""The exchange of the running request: connections outlive requests, and each counts its own bytes."""


class SystemResolver:
    """Asks the system for addresses in threads of its own, so that a slow name server holds up nothing else."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(RESOLVING_THREADS, thread_name_prefix="resolve")

    async def __call__(self, name: str) -> Sequence[str]:
        """Return every address of the name, IPv4 and IPv6; raise OSError where there is none."""
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._threads, _addresses, name)
        return list(dict.fromkeys(found))

    def close(self) -> None:
        """Release the threads, once those that still wait for a name server have their answer."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _addresses(name: str) -> list[str]:
    try:
        return [str(row[4][0]) for row in socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)]
    except UnicodeError:
        raise OSError("the name cannot be resolved") from None


class PinnedNetwork(httpcore.AsyncNetworkBackend):
    """Connects where httpcore wants to, after every address of the name was found to be public.

    A name is resolved once for a connection, which goes to one of these addresses and no other; the name stays what
    the Host header, SNI and the certificate are about. Of `exceptions` no address is refused.
    """

    def __init__(self, resolve: Resolve, exceptions: Exceptions) -> None:
        self._resolve, self._exceptions = resolve, exceptions
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Return a stream to one of the host's addresses; raise TargetRefused if any of them is not public."""
        del timeout  # the whole request has one
        *others, last = (await self._checked(host, port))[:MOST_ADDRESSES]
        for address in others:
            with suppress(httpcore.ConnectError, httpcore.ConnectTimeout):
                return await self._connected(address, port, local_address, socket_options)
        return await self._connected(last, port, local_address, socket_options)

    async def _connected(
        self,
        address: str,
        port: int,
        local_address: str | None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None,
    ) -> httpcore.AsyncNetworkStream:
        return _CountedStream(await self._network.connect_tcp(address, port, CONNECT_S, local_address, socket_options))

    async def _checked(self, host: str, port: int) -> Sequence[str]:
        try:
            addresses = [str(ip_address(host))]
        except ValueError:
            try:
                addresses = list(await self._resolve(host))
            except OSError:
                raise httpcore.ConnectError("the name has no address") from None
        if not addresses:
            raise httpcore.ConnectError("the name has no address")
        if (host, port) not in self._exceptions and not all(is_public(address) for address in addresses):
            raise TargetRefused("the URL's name has an address that is not public: use one of the internet", ("url",))
        return addresses

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109  # httpcore's signature
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002  # the same
    ) -> httpcore.AsyncNetworkStream:
        """Refuse it: what goes out goes to the internet."""
        raise TargetRefused(f"{path} is no address of the internet", ("url",))

    async def sleep(self, seconds: float) -> None:
        """Wait for that long, between two attempts to connect."""
        await asyncio.sleep(seconds)


class _CountedStream(httpcore.AsyncNetworkStream):
    """Counts for the exchange of whoever reads and writes."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109  # httpcore's
        exchange = EXCHANGE.get()
        data = await self._stream.read(min(max_bytes, max(1, exchange.bytes_left)), timeout)
        exchange.bytes_left -= len(data)
        if exchange.bytes_left < 0:
            raise TooMuch("the peer sent more than the request reads")
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109  # httpcore's
        EXCHANGE.get().sent = True
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109  # httpcore's
    ) -> httpcore.AsyncNetworkStream:
        return _CountedStream(await self._stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
