"""A NATS server of the tests' own on loopback, which syncs every write."""

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.deadline import DEADLINE_S
from tests.ports import reserved_port

CONFIG = """
listen: 127.0.0.1:{port}
server_name: n{port}
jetstream {{
  store_dir: "{folder}"
  sync_interval: always
  max_file_store: {size}
}}
{cluster}
"""
CLUSTER = """
cluster {{
  name: tests
  listen: 127.0.0.1:{port}
  routes: [{routes}]
}}
"""


class Server:
    """A process that can be killed, stopped and started again on the same port and folder."""

    def __init__(self, port: int, folder: Path, cluster: str = "") -> None:
        self._port, self._folder, self._cluster = port, folder, cluster
        self.url = f"nats://127.0.0.1:{self._port}"
        folder.mkdir()
        self.limit_storage("256MB")
        self.start()

    def limit_storage(self, size: str) -> None:
        """How much it may store, from its next start."""
        text = CONFIG.format(port=self._port, folder=self._folder / "store", size=size, cluster=self._cluster)
        (self._folder / "nats.conf").write_text(text)

    def start(self) -> None:
        """Start it and wait until it listens."""
        command = [str(Path(sys.executable).with_name("nats-server")), "-c", str(self._folder / "nats.conf")]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + DEADLINE_S
        while time.monotonic() < until and self._process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._port), 1):
                return
            time.sleep(0.01)
        self.kill()
        raise TimeoutError("the NATS server did not listen")

    def kill(self) -> None:
        """SIGKILL, as a lost process."""
        self._process.kill()
        self._process.wait(DEADLINE_S)

    def end(self) -> None:
        """SIGTERM: it writes out what it holds."""
        self._process.terminate()
        self._process.wait(DEADLINE_S)


@contextlib.contextmanager
def nats_server(folder: Path, cluster: str = "") -> Iterator[Server]:
    """A server, ended at the end."""
    with reserved_port() as port:
        server = Server(port, folder, cluster)
        try:
            yield server
        finally:
            server.kill()


@contextlib.contextmanager
def nats_cluster(folder: Path, count: int = 3) -> Iterator[list[Server]]:
    """Servers that keep copies of each other's streams; they elect whoever leads in the seconds after."""
    folder.mkdir()
    with contextlib.ExitStack() as stack:
        ports = [stack.enter_context(reserved_port()) for _ in range(count)]
        routes = ", ".join(f"nats://127.0.0.1:{port}" for port in ports)
        yield [
            stack.enter_context(nats_server(folder / str(port), CLUSTER.format(port=port, routes=routes)))
            for port in ports
        ]
