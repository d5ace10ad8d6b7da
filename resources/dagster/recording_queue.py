"""Results of commands that Dagster does not know yet: a file each, until a process beside has recorded them."""

import fcntl
import math
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from core.expected_error import OperatorError
from kit.child_environment import needed
from resources.home import Home
from resources.lake.broken import LakeBroken, read_json
from resources.steps.result import StepResult
from resources.storage.files import pretty, sync_folder, write_whole

SOURCE = Path(__file__).resolve().parents[2]
LATE_S = 120.0
"""A result that waits for longer was not taken by the process that its command started."""
LOOK_S = 0.05
_BEGUN = ".begun.json"
_STARTED: list["subprocess.Popen[bytes]"] = []
"""Kept, because Popen warns of a process that nobody waited for when it is forgotten."""


class RunStoreUnavailable(OperatorError, RuntimeError):
    """What Dagster is to know cannot be kept for it."""

    operator_code = "UNAVAILABLE"


class Recording(msgspec.Struct, frozen=True):
    """The results of steps of one experiment, in order; `id` names the recording in the metadata of its events."""

    id: str
    experiment: str
    steps: list[StepResult] = []


class RecordingQueue:
    """The folder `dagster/waiting` of a home: recordings named by their time, and why the last attempt failed."""

    def __init__(self, home: Home, clock: Callable[[], float] = time.time) -> None:
        self.home, self.folder, self._clock = home, home.dagster / "waiting", clock
        self._problem = self.folder / "problem.txt"

    def add(self, experiment: str, steps: Sequence[StepResult]) -> bool:
        """Keep results that differ from the last ones of their assets; return whether there were any.

        Raise RunStoreUnavailable if the file cannot be written.
        """
        known = self._known(experiment)
        new = [step for step in steps if known.get(step.asset) != step.state_hash]
        if not new:
            return False
        at = datetime.fromtimestamp(self._clock(), UTC)
        id_ = f"{at:%Y%m%dT%H%M%S.%fZ}-{secrets.token_hex(4)}"
        try:
            write_whole(self.folder / f"{id_}.json", msgspec.json.encode(Recording(id_, experiment, new)))
            known |= {step.asset: step.state_hash for step in new}
            write_whole(self._known_file(experiment), pretty(known))
        except OSError as error:
            raise RunStoreUnavailable(
                f"{self.folder} cannot be written ({error.strerror}), so Dagster does not learn of this: make room or "
                "correct its permissions, then run again; what was made is kept"
            ) from error
        return True

    def waiting(self) -> list[Path]:
        """Return the files of all recordings, oldest first."""
        return sorted(self.folder.glob("*.json"))

    def late(self) -> str | None:
        """Return a sentence on earlier recordings that should be in Dagster by now, None if there are none."""
        waiting = self.waiting()
        problem = self.problem()
        if not waiting or (problem is None and self._clock() - _seconds(waiting[0]) < LATE_S):
            return None
        what = "1 earlier result is" if len(waiting) == 1 else f"{len(waiting)} earlier results are"
        return (
            f"{what} not in Dagster yet ({problem or 'the process that records them ended'}): make room or correct the "
            f"permissions of {self.home.dagster}; the next command, or tipbench up, records them"
        )

    def problem(self) -> str | None:
        """Return why the last attempt failed, None if it did not."""
        try:
            return self._problem.read_text("utf-8").strip() or None
        except OSError:
            return None

    def failed(self, problem: str) -> None:
        """Note why recordings wait; that they do shows it where not even this can be written."""
        with suppress(OSError):
            if self.folder.is_dir():  # a home that was deleted meanwhile is not made again
                write_whole(self._problem, f"{problem}\n".encode())

    def begin(self, path: Path) -> tuple[Recording, bool]:
        """Mark a recording as begun and return it, and whether it was already: a process died while it recorded.

        Raise LakeBroken for a file that cannot be read.
        """
        recording = read_json(path, Recording)
        if path.name.endswith(_BEGUN):
            return recording, True
        path.rename(path.with_name(path.name.removesuffix(".json") + _BEGUN))
        sync_folder(self.folder)
        return recording, False

    def end(self, recording: Recording) -> None:
        """Forget a recording that Dagster has."""
        (self.folder / f"{recording.id}{_BEGUN}").unlink()
        with suppress(FileNotFoundError):
            self._problem.unlink()

    @contextmanager
    def alone(self, wait_s: float = 0.0) -> Iterator[bool]:
        """Hold the lock of the one process that records; yield whether it was had within `wait_s` seconds."""
        if not self.folder.is_dir():
            yield True
            return
        with (self.folder / ".lock").open("w") as lock:
            yield _locked(lock.fileno(), wait_s)

    def _known_file(self, experiment: str) -> Path:
        return self.home.experiment(experiment) / "recorded.json"

    def _known(self, experiment: str) -> dict[str, str]:
        with suppress(FileNotFoundError, LakeBroken):  # then everything is recorded once more
            return read_json(self._known_file(experiment), dict[str, str])
        return {}


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


def _locked(handle: int, wait_s: float) -> bool:
    deadline = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(LOOK_S)
        else:
            return True


def _seconds(path: Path) -> float:
    """Return when a file was written, in Unix seconds; infinity for one that was recorded meanwhile."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return math.inf
