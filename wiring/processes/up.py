"""What `tipbench up` runs: the code server, one ASGI process on the loopback interface, and Dagster's daemon."""

import asyncio
import fcntl
import os
import signal
import socket
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from contracts.refusals import Unavailable
from core.expected_error import OperatorError
from kit.child_environment import needed
from resources.dagster.instance import LOCATION, prepare_instance, workspace_yaml
from resources.dagster.recorder import MAKING_S, record_waiting
from resources.dagster.recording_queue import RecordingQueue
from resources.home import Home
from resources.storage.files import write_whole
from wiring.processes.children import Child, end_all, keep_alive
from wiring.processes.run_workers import workers_socket
from wiring.settings import Settings

if TYPE_CHECKING:
    from resources.dagster.host import DagsterHost

LONGEST_SOCKET = 100
"""Unix socket paths end at 107 bytes."""
LONGEST_START_S = 600


class AlreadyUp(OperatorError, RuntimeError):
    """Another `tipbench up` serves this home."""


class PortTaken(OperatorError, RuntimeError):
    """The port cannot be listened on."""


def listen(port: int) -> socket.socket:
    """Return a socket that listens on 127.0.0.1; raise PortTaken when another process has the port."""
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind(("127.0.0.1", port))
    except OSError as error:
        found.close()
        raise PortTaken(f"port {port} of 127.0.0.1 is not free ({error.strerror}): give another with --port") from None
    return found


def only_one(home: Home) -> int:
    """Lock the home for this server until the process ends; raise AlreadyUp when another one holds the lock."""
    home.root.mkdir(parents=True, exist_ok=True)
    handle = os.open(home.root / ".up", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise AlreadyUp(f"{home.root} is served by another tipbench up: stop that one, or name another home") from None
    return handle


def socket_path(home: Home) -> Path:
    """Return where the code server listens: in the home, or in a folder of its own where that path is too long."""
    path = home.dagster / "code.sock"
    path.parent.mkdir(parents=True, exist_ok=True)
    if len(os.fsencode(path)) > LONGEST_SOCKET:
        path = Path(tempfile.mkdtemp(prefix="tipbench-")) / "code.sock"
    path.unlink(missing_ok=True)
    return path


def end_on_signals() -> None:
    """Make SIGINT and SIGTERM interrupt this process, also where a shell started it with SIGINT ignored."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)


def patient(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the daemon's variables with a longer limit for a call of the code server, unless they have one.

    A call that starts a run answers once its process has loaded, more than Dagster's minute on a machine that is busy
    enough. The daemon would start it again then, beside the first, and the second of them fails.
    """
    return {"DAGSTER_GRPC_TIMEOUT_SECONDS": f"{LONGEST_START_S}", **environ}


class Engine:
    """Dagster's two child processes and the host that talks to them; `run` belongs into the app's lifespan."""

    def __init__(self, settings: Settings, environ: Mapping[str, str], report: Callable[[str], None]) -> None:
        home = settings.home
        self._queue = RecordingQueue(home)
        with self._queue.alone(MAKING_S):  # a command's recorder may be making the databases
            prepare_instance(home)
        self.socket = socket_path(home)
        write_whole(home.dagster / "workspace.yaml", workspace_yaml(self.socket))
        variables = {**environ, "TIPBENCH_HOME": str(home.root), "TIPBENCH_PROJECT": str(settings.project)}
        variables["DAGSTER_HOME"] = str(home.dagster)
        serve = ["dagster", "api", "grpc", "--socket", str(self.socket), "-m", "wiring.dagster.definitions"]
        serve += ["--location-name", LOCATION, "--log-level", "warning"]
        watch = ["dagster-daemon", "run", "-w", str(home.dagster / "workspace.yaml"), "--log-level", "warning"]
        logs = home.root / "logs"
        self.code = Child("the code server", serve, variables, settings.project, logs / "code-server.log")
        waiting = patient(needed(variables))
        self.daemon = Child("the daemon", watch, waiting, settings.project, logs / "daemon.log")
        self._report = report

    @asynccontextmanager
    async def run(self, host: "DagsterHost") -> AsyncIterator[None]:
        """Bring everything up in the background, keep it up, and end it with the block."""
        task = asyncio.create_task(self._keep(host))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            self.end()
            await asyncio.to_thread(host.close)

    def end(self) -> None:
        """End both and what they started; may be called again."""
        end_all([self.daemon, self.code])
        for path in (self.socket, workers_socket(self.socket)):
            path.unlink(missing_ok=True)

    async def _keep(self, host: "DagsterHost") -> None:
        from resources.dagster.orphaned_runs import sweep

        if not self.code.runs:
            self.code.start()
        await asyncio.to_thread(lambda: sweep(host.instance, starting=True))
        await asyncio.to_thread(lambda: record_waiting(self._queue, lambda: host.instance))
        await asyncio.to_thread(self._open, host)
        self.daemon.start()
        await asyncio.gather(
            keep_alive(self.code, self._report, lambda: (sweep(host.instance, starting=False), None)[1]),
            keep_alive(self.daemon, self._report, lambda: None),
        )

    def _open(self, host: "DagsterHost") -> None:
        """Wait for the code server's first answer."""
        while True:
            try:
                host.open()
            except Unavailable:
                time.sleep(0.05)
            else:
                return
