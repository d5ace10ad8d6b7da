"""The real server over an application, on a free port of the loopback interface, in a thread."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from tests.deadline import DEADLINE_S
from wiring.server.graceful_server import server_config


@contextmanager
def listening(app: ASGIApp) -> Iterator[int]:
    """The port while the block runs; a minute for a request's head and for its reader."""
    config = server_config(app)
    config.http = type("WithTimeouts", (config.http,), {"head_s": DEADLINE_S, "read_s": DEADLINE_S})  # type: ignore[arg-type]  # a class here
    config.lifespan = "off"
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as found:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [found]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + DEADLINE_S
        while not server.started:
            assert time.monotonic() < deadline
            assert thread.is_alive()
            time.sleep(0.01)
        try:
            yield found.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(DEADLINE_S)
