"""A receiver of webhooks on loopback, which verifies what comes with the package standardwebhooks as others do."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import standardwebhooks

from tests.services.integrations.calendar_peer import Answering, status


@dataclass(frozen=True)
class Received:
    """A request as it came: names of headers in lower case."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        """The message's id."""
        return self.headers["webhook-id"]

    def verified(self, secret: str) -> Any:
        """Return the body's JSON; raise where the signature does not hold, by the clock of the package."""
        return standardwebhooks.Webhook(secret).verify(self.body, self.headers)


@dataclass
class ReceiverPeer:
    """`answers` maps a path to what it answers, 204 where none is there; `received` are the requests that came."""

    answers: dict[str, Answering] = field(default_factory=dict)
    port: int = 0
    received: list[Received] = field(default_factory=list)

    @property
    def pair(self) -> tuple[str, int]:
        """The peer as an exception of the settings."""
        return "127.0.0.1", self.port

    def url(self, path: str = "/hook") -> str:
        """An address of the peer."""
        return f"http://127.0.0.1:{self.port}{path}"


@contextmanager
def receiving() -> Iterator[ReceiverPeer]:
    """Give a receiver that listens while the block runs."""
    peer = ReceiverPeer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(headers["content-length"]))
            peer.received.append(Received(self.path, headers, body))
            peer.answers.get(self.path, status(204))(self)

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
