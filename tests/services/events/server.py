"""A NATS server of the tests' own on loopback, which syncs every write."""

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

CONFIG = """
listen: 127.0.0.1:{port}
jetstream {{
  store_dir: "{folder}"
  sync_interval: always
  max_file_store: 256MB
}}
"""


class Server:
    """A process that can be killed and started again on the same port and folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = int(free.getsockname()[1])
        self.url = f"nats://127.0.0.1:{self._port}"
        folder.mkdir()
        (folder / "nats.conf").write_text(CONFIG.format(port=self._port, folder=folder / "store"))
        self.start()

    def start(self, deadline_s: float = 20.0) -> None:
        """Start it and wait until it listens."""
        command = [str(Path(sys.executable).with_name("nats-server")), "-c", str(self._folder / "nats.conf")]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + deadline_s
        while time.monotonic() < until and self._process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._port), 1):
                return
            time.sleep(0.01)
        self.kill()
        raise TimeoutError("the NATS server did not listen")

    def kill(self) -> None:
        """SIGKILL, as a lost process."""
        self._process.kill()
        self._process.wait(20)


@contextlib.contextmanager
def nats_server(folder: Path) -> Iterator[Server]:
    """A server, ended at the end."""
    server = Server(folder)
    try:
        yield server
    finally:
        server.kill()
