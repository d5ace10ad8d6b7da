"""Starts the recorder: a process beside, which nobody waits for."""

import os
import subprocess
import sys
from pathlib import Path

from kit.child_environment import needed
from resources.home import Home

SOURCE = Path(__file__).resolve().parents[2]
_STARTED: list["subprocess.Popen[bytes]"] = []
"""Kept, because Popen warns of a process that nobody waited for when it is forgotten."""


def start_recorder(home: Home) -> "subprocess.Popen[bytes]":
    """Start a process that records what waits and outlives this one; it ends at once where another one records."""
    process = subprocess.Popen(
        [sys.executable, "-m", "resources.dagster.recorder", str(home.root)],
        cwd=SOURCE,
        env=needed(os.environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    _STARTED.append(process)
    return process
