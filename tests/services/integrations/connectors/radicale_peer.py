"""Radicale, a calendar server that others wrote, as a process on loopback."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path

from tests.deadline import DEADLINE_S
from tests.ports import reserved_port

CONFIG = """[server]
hosts = 127.0.0.1:{port}
[auth]
type = none
[rights]
type = from_file
file = {folder}/rights
[storage]
filesystem_folder = {folder}/store
"""
RIGHTS = "[all]\nuser: .*\ncollection: .*\npermissions: RrWw\n"
COLLECTION = "/ada/calendar/"


class Radicale:
    """A running server with one calendar, at `COLLECTION`."""

    def __init__(self, port: int) -> None:
        self.port = port

    def send(self, method: str, path: str, body: bytes = b"") -> int:
        """Send a request and return its status."""
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE_S)) as connection:
            connection.request(method, path, body or None, {"content-type": "text/calendar"})
            return connection.getresponse().status


@contextmanager
def radicale(folder: Path) -> Iterator[Radicale]:
    """Give a server that answers, with an empty calendar of the user ada."""
    (folder / "rights").write_text(RIGHTS)
    with reserved_port() as port:
        (folder / "config").write_text(CONFIG.format(port=port, folder=folder))
        command = [sys.executable, "-m", "radicale", "--config", str(folder / "config")]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                server = Radicale(port)
                _wait(server, process)
                assert server.send("MKCOL", "/ada/") == 201
                yield server
            finally:
                process.kill()


def _wait(server: Radicale, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + DEADLINE_S
    while True:
        try:
            server.send("GET", "/")
        except OSError:
            assert process.poll() is None, "radicale ended before it listened"
            assert time.monotonic() < until
            time.sleep(0.05)
        else:
            return
