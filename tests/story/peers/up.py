"""`tipbench up` in a process of its own, and what is seen of it from outside."""

import http.client
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.deadline import DEADLINE_S
from tests.ports import reserved_port
from tests.story.peers.project import Project


def wait_for(holds: Callable[[], Any], process: "subprocess.Popen[str] | None" = None, pause_s: float = 0.1) -> Any:
    """What `holds` gives once it is true; raise AssertionError when the time is over, or when the process has ended."""
    deadline = time.monotonic() + DEADLINE_S
    while not (found := holds()):
        assert process is None or process.poll() is None, process.communicate()
        assert time.monotonic() < deadline, "what was waited for did not come"
        time.sleep(pause_s)
    return found


def status_of(port: int, path: str) -> int:
    """The HTTP status of a GET, 0 while nobody listens."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=DEADLINE_S) as answer:  # loopback
            status: int = answer.status
            return status
    except urllib.error.HTTPError as error:
        return error.code
    except (OSError, http.client.HTTPException):
        return 0


def processes(home: Path) -> dict[int, str]:
    """Processes that were started for this home, by what their environment says."""
    found = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit() or int(folder.name) == os.getpid():
            continue
        try:
            environ = (folder / "environ").read_bytes()
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if f"TIPBENCH_HOME={home}".encode() in environ.split(b"\0") and command:
            found[int(folder.name)] = command.replace(b"\0", b" ").decode()[:120]
    return found


def children(home: Path, parent: int) -> dict[int, str]:
    """The processes of a home that one of them started, without what those have forked, which is called as they are."""
    found = {}
    for pid, command in processes(home).items():
        with suppress(OSError):  # it has ended
            status = Path(f"/proc/{pid}/stat").read_text()
            if int(status.rpartition(")")[2].split()[1]) == parent:
                found[pid] = command
    return found


def wait_for_nothing_left(home: Path) -> None:
    """Return when no process of a home is left."""
    wait_for(lambda: not processes(home))


@dataclass
class Up:
    """A server that was ready; `out` and `err` are what it said, once it has ended."""

    port: int
    process: "subprocess.Popen[str]"
    out: str = ""
    err: str = ""

    def end(self, number: signal.Signals) -> int:
        """Send a signal and wait; the exit code."""
        self.process.send_signal(number)
        self.out, self.err = self.process.communicate(timeout=DEADLINE_S)
        return self.process.returncode


@contextmanager
def running_up(project: Project) -> Iterator[Up]:
    """Serve a project's home, once it is ready, until the block ends it or ends."""
    with reserved_port() as port:
        process = project.start("up", "--port", str(port))
        up = Up(port, process)
        try:
            wait_for(lambda: status_of(port, "/readyz") == 200, process)
            yield up
        finally:
            if up.process.poll() is None:  # a story may have started it again
                up.end(signal.SIGTERM)
