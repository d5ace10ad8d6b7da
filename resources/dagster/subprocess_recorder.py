"""Records results of steps in Dagster from a process of its own, so that nothing waits for Dagster's import."""

import subprocess
import sys
from pathlib import Path

import msgspec

from core.expected_error import OperatorError
from resources.dagster.recorder import Recorded, Recording
from resources.home import Home
from resources.steps.result import StepResult

SOURCE = Path(__file__).resolve().parents[2]


class RunStoreUnavailable(OperatorError, RuntimeError):
    """Dagster's own database cannot be written or read."""

    operator_code = "UNAVAILABLE"


class SubprocessRecorder:
    """Starts its process when it is made; `record` waits for it to write."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._process = subprocess.Popen(
            [sys.executable, "-m", "resources.dagster.recorder", str(home.root)],
            cwd=SOURCE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C ends the command, which then ends this by closing its input
        )

    def record(self, experiment: str, steps: list[StepResult]) -> None:
        """Write materializations as events without a run; raise RunStoreUnavailable if that fails."""
        line = msgspec.json.encode(Recording(experiment, steps)) + b"\n"
        try:
            said, _ = self._process.communicate(line)
        except OSError:
            said = b""
        reply = msgspec.json.decode(said, type=Recorded) if said else Recorded("its process ended")
        if reply.problem is not None:
            raise RunStoreUnavailable(
                f"Dagster's database under {self._home.dagster} cannot be used ({reply.problem}): make room or correct "
                "its permissions, then run again; what was collected is kept"
            )

    def close(self) -> None:
        """End the process if it got nothing to record."""
        if self._process.poll() is None:
            self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process.wait()
