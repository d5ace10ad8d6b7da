"""A calendar's server on loopback that answers what a test chooses, with ETags as real ones have them."""

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CALENDAR = "text/calendar; charset=utf-8"
Answering = Callable[[BaseHTTPRequestHandler], None]


def calendar(*events: str, head: str = "") -> bytes:
    """Return a calendar of these events."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//tests//EN", *([head] if head else []), *events]
    return ("\r\n".join([*lines, "END:VCALENDAR"]) + "\r\n").replace("\n\n", "\n").encode()


def event(uid: str, start: str, end: str = "", **more: str) -> str:
    """Return an event; `start` and `end` are what follows DTSTART and DTEND, as in `:20270115T090000Z`."""
    lines = ["BEGIN:VEVENT", f"UID:{uid}", f"DTSTART{start}", *([f"DTEND{end}"] if end else [])]
    lines += [f"{name}:{value}" for name, value in more.items()]
    return "\r\n".join([*lines, "END:VEVENT"])


def status(code: int, body: bytes = b"", **headers: str) -> Answering:
    """Answer with this status."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def tagged(body: bytes) -> Answering:
    """Answer with a calendar, and with 304 to who has it."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if handler.headers.get("If-None-Match") == etag:
            status(304, ETag=etag)(handler)
        else:
            status(200, body, ETag=etag, Content_Type=CALENDAR)(handler)

    return answer


def endless(handler: BaseHTTPRequestHandler) -> None:
    """Answer with a calendar that never ends, until the reader leaves."""
    handler.send_response(200)
    handler.end_headers()
    try:
        handler.wfile.write(b"BEGIN:VCALENDAR\r\n")
        while True:
            handler.wfile.write(b"X-MORE:" + b"x" * 65_536 + b"\r\n")
    except OSError:
        return


@dataclass
class CalendarPeer:
    """`answers` maps a path, or one without its query, to what it answers.

    `seen` are the requests that came, by path and headers.
    """

    answers: dict[str, Answering]
    port: int = 0
    seen: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    @property
    def pair(self) -> tuple[str, int]:
        """The peer as an exception of the settings."""
        return "127.0.0.1", self.port

    def url(self, path: str = "/secret-a.ics") -> str:
        """An address of the peer."""
        return f"http://127.0.0.1:{self.port}{path}"

    @property
    def last(self) -> dict[str, str]:
        """Headers of the last request, names in lower case."""
        return self.seen[-1][1]


@contextmanager
def serving(answers: dict[str, Answering]) -> Iterator[CalendarPeer]:
    """Give a peer that listens while the block runs."""
    peer = CalendarPeer(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            peer.seen.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            path = self.path.partition("?")[0]
            (peer.answers.get(self.path) or peer.answers.get(path) or status(404))(self)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        peer.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield peer
        finally:
            server.shutdown()
            thread.join()
