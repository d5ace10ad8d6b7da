"""`tipbench serve serving` in a process of its own, for callers of a test."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from resources.home import Home
from tests.deadline import DEADLINE_S
from tests.story.peers.up import wait_for
from tests.structure.sources import ROOT

COMMAND = [sys.executable, "-c", "from wiring.cli import main; main()", "serve", "serving", "--socket"]


@contextmanager
def serving_process(home: Home, project: Path, at: Path) -> Iterator["subprocess.Popen[str]"]:
    """Serve the models of a project at a socket until the block ends."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("TIPBENCH")}
    environ = {**others, "TIPBENCH_HOME": str(home.root), "TIPBENCH_PROJECT": str(project)}
    with subprocess.Popen([*COMMAND, str(at)], cwd=ROOT, env=environ, text=True, stdout=subprocess.DEVNULL) as process:
        try:
            wait_for(lambda: _listens(at), process)
            yield process
        finally:
            process.kill()
            process.wait(DEADLINE_S)


def _listens(at: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(at)) == 0
