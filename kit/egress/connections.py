"""Connections that outlive a request: at most so many at a time, those at rest used again by their origin."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpcore

CONNECTIONS = 64
"""The most that are open at a time, those at rest included."""
IDLE_S = 20.0
"""How long a connection without a request stays open, at the address that was checked for it."""


class Connections:
    """Connections over HTTP/1.1 for one event loop; of those at rest only the one that is taken is looked at.

    httpcore's own pool looks at all of them at each request, and closes them by how many there are, not how many rest.
    """

    def __init__(self, trust: ssl.SSLContext, network: httpcore.AsyncNetworkBackend) -> None:
        self._trust, self._network = trust, network
        self._free = asyncio.Semaphore(CONNECTIONS)
        self._busy, self._at_rest = 0, list[httpcore.AsyncHTTPConnection]()

    @asynccontextmanager
    async def response(self, request: httpcore.Request) -> AsyncIterator[httpcore.Response]:
        """Send the request and give its response, which is closed afterwards; raise what httpcore and network raise."""
        async with self._free:
            self._busy += 1
            try:
                connection = await self._taken(request.url.origin)
                try:
                    response = await connection.handle_async_request(request)
                    try:
                        yield response
                    finally:
                        await response.aclose()
                finally:
                    await self._put_back(connection)
            finally:
                self._busy -= 1

    async def aclose(self) -> None:
        """Close what is at rest."""
        at_rest, self._at_rest = self._at_rest, []
        for connection in at_rest:
            await connection.aclose()

    async def _taken(self, origin: httpcore.Origin) -> httpcore.AsyncHTTPConnection:
        """Return the connection of the origin that rests since the least time, or a new one."""
        for each in reversed(self._at_rest):
            if each.can_handle_request(origin):
                self._at_rest.remove(each)
                if not each.has_expired():
                    return each
                await each.aclose()
                break
        while self._at_rest and len(self._at_rest) + self._busy > CONNECTIONS:
            await self._at_rest.pop(0).aclose()
        return httpcore.AsyncHTTPConnection(
            origin, ssl_context=self._trust, keepalive_expiry=IDLE_S, network_backend=self._network
        )

    async def _put_back(self, connection: httpcore.AsyncHTTPConnection) -> None:
        """Let a connection rest that can take another request; close it else, and the oldest one if it has expired."""
        if not connection.is_closed() and connection.is_idle():
            self._at_rest.append(connection)
        else:
            await connection.aclose()
        if self._at_rest and self._at_rest[0].has_expired():
            await self._at_rest.pop(0).aclose()
