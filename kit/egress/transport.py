"""Sends requests to addresses that others named: each is checked, pinned, and bounded in bytes and in time."""

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType, TracebackType
from typing import Self
from urllib.parse import urljoin

import httpcore

from kit.egress.connections import Connections
from kit.egress.decoding import BadBody, BodyDecoder
from kit.egress.pinned_network import EXCHANGE, Exchange, PinnedNetwork, Resolve, SystemResolver, TooMuch
from kit.egress.targets import NONE, Exceptions, Target, TargetRefused, read_target

FRAMING = 64 * 1024
"""Bytes beyond twice the body's limit that its framing may take on the network."""
REDIRECTS = frozenset({301, 302, 303, 307, 308})
CREDENTIALS = frozenset({"authorization", "cookie", "proxy-authorization"})
"""Headers that another origin never gets."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may cost, redirects included: seconds in all, bytes of a head and of a decoded body."""

    total_s: float = 10.0
    head: int = 32 * 1024
    body: int = 1 << 20


@dataclass(frozen=True, slots=True)
class PeerAnswer:
    """A response, whatever its status; header names are lower-case, and of several alike the last counts."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class EgressFailed(Exception):
    """No usable answer came. `sent` says whether the peer may have the request; the text names no address."""

    def __init__(self, message: str, *, sent: bool) -> None:
        super().__init__(message)
        self.sent = sent


class GuardedTransport:
    """Sends HTTP requests over pinned connections, for one event loop; an async context manager that closes them.

    No variable of the environment names a proxy, no cookie is stored, no redirect is followed unless the call says so.
    `trust` holds other authorities than the system's. `resolve` is what asks for a name's addresses.
    """

    def __init__(
        self,
        *,
        exceptions: Exceptions = NONE,
        limits: Limits = Limits(),
        trust: ssl.SSLContext | None = None,
        resolve: Resolve | None = None,
    ) -> None:
        self._exceptions, self._limits = exceptions, limits
        self._system = SystemResolver()
        self._connections = Connections(trust or _system_trust(), PinnedNetwork(resolve or self._system, exceptions))

    async def __aenter__(self) -> Self:
        """Return the transport itself, to be closed at the end."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close connections and threads."""
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections, and the threads that resolve names."""
        await self._connections.aclose()
        self._system.close()

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] = MappingProxyType({}),
        content: bytes = b"",
        redirects: int = 0,
    ) -> PeerAnswer:
        """Return the answer to one request, after at most so many redirects, each of which is checked alike.

        A redirect beyond them, or to a request that is no GET, is the answer itself. Raise TargetRefused for an address
        that nothing may be sent to, EgressFailed where no usable answer came.
        """
        exchange = Exchange(self._limits.head)
        try:
            async with asyncio.timeout(self._limits.total_s):
                target, sent = read_target(url, self._exceptions), dict(headers)
                for left in range(redirects, -1, -1):
                    answer = await self._exchange(method, target, sent, content, exchange)
                    location = answer.headers.get("location")
                    if left == 0 or method != "GET" or answer.status not in REDIRECTS or location is None:
                        return answer
                    followed = _followed(target, location, self._exceptions)
                    if followed.origin != target.origin:
                        sent = {name: value for name, value in sent.items() if name.lower() not in CREDENTIALS}
                    target = followed
        except TimeoutError:
            raise EgressFailed(f"no answer within {self._limits.total_s:g} s", sent=exchange.sent) from None
        except (TooMuch, BadBody) as error:
            raise EgressFailed(str(error), sent=exchange.sent) from None
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, OSError) as error:
            raise EgressFailed(f"no connection or no HTTP: {type(error).__name__}", sent=exchange.sent) from None
        raise AssertionError("the last pass returns")

    async def _exchange(
        self, method: str, target: Target, headers: Mapping[str, str], content: bytes, exchange: Exchange
    ) -> PeerAnswer:
        """Return the answer of one target; the exchange counts what is read for it."""
        exchange.bytes_left = self._limits.head
        request = httpcore.Request(
            method,
            httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path),
            headers=_head(method, target, headers, content),
            content=content,
        )
        token = EXCHANGE.set(exchange)
        try:
            async with self._connections.response(request) as response:
                names = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
                exchange.bytes_left += 2 * self._limits.body + FRAMING
                decoder = BodyDecoder(names.get("content-encoding", "").strip().lower(), self._limits.body)
                async for chunk in response.aiter_stream():
                    decoder.add(chunk)
        finally:
            EXCHANGE.reset(token)
        return PeerAnswer(response.status, names, decoder.finish())


@cache
def _system_trust() -> ssl.SSLContext:
    """The system's authorities, read once: 20 ms."""
    return ssl.create_default_context()


def _head(method: str, target: Target, headers: Mapping[str, str], content: bytes) -> Sequence[tuple[bytes, bytes]]:
    """Return the headers as they are sent; what says where the request goes and how long it is are ours alone."""
    ours = {"host": target.origin.partition("://")[2], "accept-encoding": "gzip", "user-agent": "tipbench"}
    if content or method != "GET":
        ours["content-length"] = str(len(content))
    others = {name.lower(): value for name, value in headers.items()}
    merged = {**others, **ours}
    return [(name.encode("ascii"), value.encode("latin-1")) for name, value in merged.items()]


def _followed(target: Target, location: str, exceptions: Exceptions) -> Target:
    try:
        url = urljoin(f"{target.origin}{target.path}", location)
    except ValueError:
        raise TargetRefused("the peer redirects to what is no URL", ("url",)) from None
    return read_target(url, exceptions)
