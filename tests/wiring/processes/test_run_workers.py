"""Run workers in real processes."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deadline import DEADLINE_S
from tests.story.peers.up import wait_for

pytestmark = pytest.mark.slow


def _runs(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_a_worker_has_what_was_imported_and_ends_are_seen(tmp_path: Path) -> None:
    """It comes from a process forked for it, its exit code comes back, and a killed server leaves none of them."""
    command = [sys.executable, "-m", "tests.wiring.processes.forking", str(tmp_path / "run.sock")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    server, worker, parent, imported = json.loads(process.stdout.readline())
    try:
        assert (server, imported) == (process.pid, True)
        assert parent not in {server, worker}
        os.kill(worker, signal.SIGTERM)
        assert json.loads(process.stdout.readline()) == -signal.SIGTERM
    finally:
        process.kill()
        process.communicate(timeout=DEADLINE_S)
    wait_for(lambda: not _runs(parent) and not _runs(worker))
