"""A loopback port for a server that is told its port, or its address, before it listens."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def reserved_port() -> Iterator[int]:
    """Yield a port that no other process is given until the block ends, whether a server listens on it or not.

    A socket is bound to it and does not listen. The kernel then gives the port to nobody who asks for any free one and
    refuses connections to it, but lets a server that sets SO_REUSEADDR, as all of ours do, bind to it and listen.
    """
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]
