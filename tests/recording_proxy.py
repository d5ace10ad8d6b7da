"""A proxy on the loopback interface that lets nobody through and keeps what it was asked for."""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

IN_TESTS = (
    "PYTEST_",
    "CI",
    "GITHUB_",
    "GITLAB_",
    "JENKINS_",
    "TRAVIS",
    "BUILDKITE",
    "TF_BUILD",
    "TEAMCITY_",
    "RUNBOT_",
)
"""How the variables begin by which programs see that they are tested, and report nothing then."""
SWITCHES = ("DO_NOT_TRACK", "MLFLOW_DISABLE_TELEMETRY", "DAGSTER_DISABLE_TELEMETRY")


@dataclass
class RecordingProxy:
    """`requested` holds the first line of every request, in order of arrival."""

    address: str
    requested: list[str] = field(default_factory=list)

    def environ(self, given: Mapping[str, str]) -> dict[str, str]:
        """Return variables with this as the proxy for every address, as outside of tests and with nothing opted out."""
        passed = {name: own for name, own in given.items() if not name.startswith(IN_TESTS) and name not in SWITCHES}
        names = [name for kind in ("http", "https", "all") for name in (f"{kind}_proxy", f"{kind}_proxy".upper())]
        return {**passed, **dict.fromkeys(names, self.address), "no_proxy": "", "NO_PROXY": ""}


@contextmanager
def recording_proxy() -> Iterator[RecordingProxy]:
    """Yield a proxy that listens until the block ends; it closes every connection after its first line."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        proxy = RecordingProxy(f"http://127.0.0.1:{server.getsockname()[1]}")

        def listen() -> None:
            with suppress(OSError):  # the server is closed
                while True:
                    connection, _ = server.accept()
                    with connection, suppress(OSError):
                        proxy.requested.append(connection.makefile("rb").readline(1000).decode("latin-1").strip())
                        connection.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")

        listener = threading.Thread(target=listen, daemon=True)
        listener.start()
        yield proxy
        server.shutdown(socket.SHUT_RDWR)
        listener.join(10)
