"""Clients that send their bytes in parts as small as can be, of which each costs time, get a bounded share of it."""

import time
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame

from api.limits.rate_limits import Buckets, TokenRate
from kit.http.client_addresses import counted_address

FRAMES = TokenRate(burst=5_000, per_second=1_000)
"""Websocket frames of an address; one costs some 10 µs of the event loop, however small it is."""
CHUNKS = TokenRate(burst=25_000, per_second=2_000)
"""Chunks of an address's bodies that have fewer bytes than `SMALL`; one costs some 3 µs."""
SMALL = 512
PIECE = 1_024
"""Bytes after which it is looked how many frames have come."""


class SmallParts:
    """Counts parts by the address that sends them; each connection of a proxy counts for itself."""

    def __init__(
        self,
        rate: TokenRate,
        proxies: frozenset[str] = frozenset(),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._buckets, self._proxies = Buckets(rate, clock), proxies

    def take(self, client: tuple[str, int] | None) -> bool:
        """Count one part from an address and port; return False for one that is too many."""
        address, port = client or ("", 0)
        who = f"{address} {port}" if address in self._proxies else counted_address(address)
        return not self._buckets.take(who, 1)


class LimitedSocketProtocol(WebSocketsSansIOProtocol):
    """uvicorn's websocket, which ends when too many frames come, and when a client pings and reads no answers."""

    frames_of = SmallParts(FRAMES)

    def data_received(self, data: bytes) -> None:
        """Read on only while frames are within their bounds; what comes once they are not is not even looked at."""
        if not self.frames_of.take(self.client):
            self.transport.abort()
        for start in range(0, len(data), PIECE):
            if self.transport.is_closing():
                return
            super().data_received(data[start : start + PIECE])

    def handle_text(self, event: Frame) -> None:
        """Count a frame of a text."""
        self._count(super().handle_text, event)

    def handle_bytes(self, event: Frame) -> None:
        """Count a frame of bytes."""
        self._count(super().handle_bytes, event)

    def handle_cont(self, event: Frame) -> None:
        """Count a frame that goes on with a message."""
        self._count(super().handle_cont, event)

    def handle_pong(self, event: Frame) -> None:
        """Count a pong, whether it was asked for or not."""
        self._count(super().handle_pong, event)

    def handle_ping(self) -> None:
        """Count a ping, and end a connection that reads no answers."""
        if self.writable.is_set():
            self._count(super().handle_ping)
        else:
            self.transport.abort()

    def _count(self, handle: Callable[..., None], *event: Any) -> None:
        if self.transport.is_closing():
            return
        if self.frames_of.take(self.client):
            handle(*event)
        else:
            self.transport.abort()
