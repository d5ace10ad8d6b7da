"""The real server over an application, on a free port of the loopback interface, in a thread."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.types import ASGIApp

from tests.deadline import DEADLINE_S
from tests.running_server import running_in_thread
from wiring.server.graceful_server import server_config


@contextmanager
def listening(app: ASGIApp) -> Iterator[int]:
    """The port while the block runs; a minute for a request's head and for its reader."""
    config = server_config(app)
    config.http = type("WithTimeouts", (config.http,), {"head_s": DEADLINE_S, "read_s": DEADLINE_S})  # type: ignore[arg-type]  # a class here
    with socket.create_server(("127.0.0.1", 0)) as found, running_in_thread(config, found):
        yield found.getsockname()[1]
