"""The server with the sample in it, and the sample in a process of its own."""

import asyncio
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from resources.home import Home
from tests.deadline import DEADLINE_S
from tests.structure.sources import ROOT
from tests.wiring.conftest import Served
from wiring.modules.events import Events
from wiring.modules.running import RunningModules
from wiring.settings import Settings

PATH = "/v1/sample/notes"


@dataclass
class Sampled:
    """The server with the sample in it, and its delivery of events."""

    served: Served
    settings: Settings
    events: Events
    modules: RunningModules

    def add(self, text: str, **headers: str) -> Any:
        """Write a note down as `other`, who signed in just now."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.served.ask("POST", PATH, "other", json={"text": text}, headers=named)

    @property
    def user(self) -> str:
        """Whose notes these are."""
        caller = self.served.auth.by_session(self.served.sessions["other"])
        assert caller is not None
        return caller.subject


@contextmanager
def alone(home: Home, at: Path, **environ: str) -> Iterator[subprocess.Popen[str]]:
    """`tipbench serve sample` in a process of its own, which listens at a socket."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("TIPBENCH")}
    given = {**others, "TIPBENCH_HOME": str(home.root), "TIPBENCH_PROJECT": str(home.root), **environ}
    command = [sys.executable, "-m", "tests.wiring.modules.sample.command", "serve", "sample", "--socket", str(at)]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=ROOT, env=given, **pipes) as process:
        late = threading.Timer(DEADLINE_S, process.kill)
        late.start()
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            assert said == f"sample on unix:{at}; Ctrl-C stops it\n", process.communicate()
            until_it_listens(at)
            late.cancel()
            yield process
            process.terminate()
            assert process.wait(DEADLINE_S) == 0
        finally:
            late.cancel()
            process.kill()


def until_it_listens(at: Path) -> None:
    """Wait until a process listens at a socket."""

    def listens() -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(at)) == 0

    until_it_says(listens)


def until_it_says(holds: Callable[[], bool]) -> None:
    """Wait until it holds."""
    until = time.monotonic() + DEADLINE_S
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)


async def settled(holds: Callable[[], bool]) -> None:
    """Wait until it holds, which is found out in a thread."""
    until = time.monotonic() + DEADLINE_S
    while not await asyncio.to_thread(holds):
        assert time.monotonic() < until
        await asyncio.sleep(0.02)
