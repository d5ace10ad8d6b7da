"""A server that reports when it listens and stops being ready before it stops."""

import socket
import time
from collections.abc import Callable
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from wiring.server.head_limits import LimitedHeadProtocol
from wiring.server.open_connections import OpenConnections
from wiring.server.paced_reading import ReadPace
from wiring.server.small_parts import CHUNKS, FRAMES, LimitedSocketProtocol, SmallParts

GRACE_S = 3
LEAD_S = 0.3
LARGEST_MESSAGE = 262_144
"""Bytes of a websocket message from a client, as of a POST."""
WAITING_TO_OPEN = 128
"""Connections that the kernel keeps until they are taken, which is all of them at once."""


def server_config(app: ASGIApp, proxies: frozenset[str] = frozenset()) -> uvicorn.Config:
    """Return uvicorn's configuration for connections; those from `proxies` count for themselves."""
    return uvicorn.Config(
        app,
        http=type(
            "CountedProtocol",
            (LimitedHeadProtocol,),
            {
                "opened": OpenConnections(proxies=proxies),
                "chunks": SmallParts(CHUNKS, proxies),
                "pace": ReadPace(proxies=proxies),
            },
        ),
        ws=type("CountedSocketProtocol", (LimitedSocketProtocol,), {"frames_of": SmallParts(FRAMES, proxies)}),
        backlog=WAITING_TO_OPEN,
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,  # the edge decides whose address counts
        timeout_graceful_shutdown=GRACE_S,
        ws_max_size=LARGEST_MESSAGE,
        ws_ping_interval=20,
        ws_ping_timeout=20,
    )


class GracefulServer(uvicorn.Server):
    """A server that reports when it listens, and that stops being ready before it stops listening.

    The first signal only makes `/readyz` fail, for `LEAD_S` seconds; then requests in flight have `GRACE_S` seconds to
    end. A second signal ends the first wait at once.
    """

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready
        self._stopping_since: float | None = None

    def state(self) -> dict[str, bool]:
        """Return the parts that are not ready, for `/readyz`: none until the server is stopping."""
        return {} if self._stopping_since is None else {"serving": False}

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop being ready at the first signal, stop at the next."""
        if self._stopping_since is None:
            self._stopping_since = time.monotonic()
            self._captured_signals.append(sig)
        else:
            super().handle_exit(sig, frame)

    async def on_tick(self, counter: int) -> bool:
        """Return, ten times a second, whether to stop now."""
        if self._stopping_since is not None and time.monotonic() - self._stopping_since >= LEAD_S:
            self.should_exit = True
        return await super().on_tick(counter)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Open the socket, then report it."""
        await super().startup(sockets)
        self._ready()
