"""Connections whose client neither finishes its request's head nor reads its answer in time are ended."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

HEAD_S, READ_S = 10.0, 60.0


class SlowClientProtocol(HttpToolsProtocol):
    """uvicorn's protocol with a time for the head, from the start or the next request's first byte, and for reading.

    Where requests wait behind the one that is answered, uvicorn tells the last of them that the client has left; here
    the one that is answered hears it too.
    """

    head_s, read_s = HEAD_S, READ_S

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._waiting: asyncio.TimerHandle | None = None
        self._full: asyncio.TimerHandle | None = None
        self._answered: RequestResponseCycle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """Begin to wait for a head."""
        super().connection_made(transport)
        self._wait()

    def on_message_begin(self) -> None:
        """Wait for the head of the next request on the same connection."""
        super().on_message_begin()
        self._wait()

    def on_headers_complete(self) -> None:
        """Stop waiting: the head is there."""
        self._done()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting for this client, and tell what is being answered that it has left."""
        self._done()
        self._emptied()
        if self._answered is not None and not self._answered.response_complete:
            self._answered.disconnected = True
            self._answered.message_event.set()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Wait a limited time for a client that reads more slowly than we write."""
        super().pause_writing()
        self._full = self._full or self.loop.call_later(self.read_s, self.transport.abort)

    def resume_writing(self) -> None:
        """Stop waiting: the client has read most of what there was."""
        self._emptied()
        super().resume_writing()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._answered = cycle
        super()._start_asgi_task(cycle, app)

    def _emptied(self) -> None:
        if self._full is not None:
            self._full.cancel()
            self._full = None

    def _wait(self) -> None:
        if self._waiting is None:
            self._waiting = self.loop.call_later(self.head_s, self._give_up)

    def _done(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _give_up(self) -> None:
        self._waiting = None
        if not self.transport.is_closing():
            self.transport.close()
