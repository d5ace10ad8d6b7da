"""Requests whose head has no end, and connections that do nothing, cost a bounded number of bytes and files."""

from typing import Any

from kit.http.client_addresses import counted_address
from kit.http.evicting_quota import EvictingQuota
from services.gateway.edge.refusal_pace import PACED
from wiring.server.open_connections import Awaited, OpenConnections
from wiring.server.paced_reading import PacedFlow, ReadPace
from wiring.server.slow_clients import SlowClientProtocol
from wiring.server.small_parts import CHUNKS, SMALL, SmallParts

LARGEST_HEAD, MOST_LINES = 65_536, 100
"""Bytes and header lines of a head with its trailer; beyond them the answer is 431."""
MOST_HEADS = 64
"""Connections of an address that have not ended a head; the oldest is closed for one more."""
MOST_PIPELINED = 16
"""Requests of a connection that wait for the answer to an earlier one."""
PIECE = 16_384
"""Bytes after which it is looked whether a head has become too large."""
ANSWER = b"The head of this request is too large."


class HeadTooLarge(Exception):
    """Raised within the parser, which stops reading."""


class UpgradeRefused(Exception):
    """Raised within the parser, which stops reading."""


class TooManyChunks(Exception):
    """Raised within the parser, which stops reading."""


class LimitedHeadProtocol(SlowClientProtocol):
    """uvicorn's protocol with bounds for connections, and for all that is no body: heads, trailers, between chunks.

    The parser tells of a line when it is whole, so what has come since anything was whole is counted beside it.
    """

    heads = EvictingQuota(MOST_HEADS)
    opened = OpenConnections()
    chunks = SmallParts(CHUNKS)
    pace = ReadPace()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._in_head, self._counted, self._too_large, self._chunked = True, False, False, False
        self._unfinished = self._size = self._lines = 0
        self._address = ""

    def connection_made(self, transport: Any) -> None:
        """Count the connection and its unfinished head to the address; close it where there is no place."""
        super().connection_made(transport)
        self.flow = self._paced = PacedFlow(transport, self.loop.call_later)
        self._address = counted_address(self.client[0]) if self.client else ""
        if self.opened.add(self._address, self):
            self._expect()
        else:
            self.transport.abort()

    @property
    def awaited(self) -> Awaited:
        """Return what the connection waits for: a request, its client's body or reading, our refusal or answer."""
        if self._answering():
            if self.cycle.scope.get(PACED):
                return Awaited.REFUSAL
            for_client = self.cycle.more_body or self.flow.write_paused
            return Awaited.CLIENT if for_client else Awaited.ANSWER
        return Awaited.CLIENT if self.transport.get_write_buffer_size() else Awaited.REQUEST

    def evict(self) -> bool:
        """Close the connection for another one."""
        self.transport.abort()
        return True

    def data_received(self, data: bytes) -> None:
        """Read on only while what is unfinished is within its bounds, and no faster than the address may."""
        if wait := self.pace.take(self._address, len(data)):
            self._paced.hold(wait)
        for start in range(0, len(data), PIECE):
            if self.transport.is_closing() or self.transport.get_protocol() is not self:
                return
            if self._in_head and not self._answering():
                self._wait()
                self._expect()
            piece = data[start : start + PIECE]
            self._unfinished += len(piece)
            super().data_received(piece)
            if self._unfinished > LARGEST_HEAD and not self._too_large:
                self._too_large = True
                self.send_400_response("")

    def on_message_begin(self) -> None:
        """Count a head from its first byte."""
        super().on_message_begin()
        self._expect()
        self._size = self._lines = 0

    def on_url(self, url: bytes) -> None:
        """Count the bytes of the path and query."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Count a line of the head or of the trailer."""
        self._lines += 1
        self._count(len(name) + len(value) + len(b": \r\n"))
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Stop counting the head: it is there."""
        self._in_head, self._unfinished = False, 0
        self._found()
        if len(self.pipeline) >= MOST_PIPELINED:
            self._too_large = True
            raise HeadTooLarge
        self._chunked = any(name == b"transfer-encoding" for name, _ in self.headers)
        self._check_upgrade()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Stop counting what stands between chunks: a chunk is there; end a connection with too many small ones."""
        self._unfinished = 0
        if self._chunked and len(body) < SMALL and not self.chunks.take(self.client):
            self.transport.abort()
            raise TooManyChunks
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Count from here to the head of the next request."""
        self._in_head, self._unfinished = True, 0
        super().on_message_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Count this connection no longer."""
        self._found()
        self.opened.remove(self)
        super().connection_lost(exc)

    def handle_websocket_upgrade(self) -> None:
        """Count this connection no longer: websockets have limits of their own."""
        self.opened.remove(self)
        super().handle_websocket_upgrade()

    def send_400_response(self, msg: str) -> None:
        """Answer 400, or 431 for what is too large, unless an earlier request is still being answered; read no more."""
        if self._answering() or self.transport.is_closing():
            self.transport.abort()
        elif not self._too_large:
            super().send_400_response(msg)
        else:
            head = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-type: text/plain; charset=utf-8\r\n"
            length = b"content-length: " + str(len(ANSWER)).encode() + b"\r\nconnection: close\r\n\r\n"
            self.transport.write(head + length + ANSWER)
            self.transport.close()

    def _check_upgrade(self) -> None:
        """Refuse a websocket with a body, which nothing would wait for, and one behind a request without an answer."""
        if not (self.parser.should_upgrade() and self._should_upgrade()):
            return
        lengths = {b"content-length", b"transfer-encoding"}
        has_body = any(name in lengths and value.strip() != b"0" for name, value in self.headers)
        if self._answering() or has_body:
            raise UpgradeRefused

    def _answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _expect(self) -> None:
        if not self._counted:
            self._counted = True
            self.heads.hold(self._address, self, 1)

    def _found(self) -> None:
        self._counted = False
        self.heads.release(self._address, self)

    def _count(self, size: int) -> None:
        self._size += size
        if self._size > LARGEST_HEAD or self._lines > MOST_LINES:
            self._too_large = True
            raise HeadTooLarge
