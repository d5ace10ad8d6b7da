"""A uvicorn server that runs beside a test: in the test's own loop, or in a thread."""

import asyncio
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn

from tests.deadline import DEADLINE_S


@asynccontextmanager
async def running(config: uvicorn.Config) -> AsyncIterator[tuple[str, int]]:
    """The address, which takes connections at once; the server runs in this loop until the block ends."""
    config.lifespan = "off"
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = asyncio.get_running_loop().create_task(server.serve(sockets=[listening]))
        try:
            yield listening.getsockname()
        finally:
            server.should_exit = True
            await serving


@contextmanager
def running_in_thread(config: uvicorn.Config, listening: socket.socket) -> Iterator[None]:
    """The server has started at `listening`, and runs in a thread until the block ends."""
    config.lifespan = "off"
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    until = time.monotonic() + DEADLINE_S
    while not server.started:
        assert thread.is_alive(), "the server ended at its start"
        assert time.monotonic() < until, "the server did not start in time"
        time.sleep(0.005)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(DEADLINE_S)
