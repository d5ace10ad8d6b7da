"""Results of commands that Dagster does not know yet: a value each, until a process beside has recorded them."""

import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime

import msgspec

from contracts.storage import LeaseHeld
from core.expected_error import OperatorError
from kit.times import iso
from resources.home import Home
from resources.lake.broken import LakeBroken, read_value
from resources.steps.result import StepResult
from resources.storage.files import pretty

FOLDER = "dagster/waiting"
LATE_S = 120.0
"""A result that waits for longer was not taken by the process that its command started."""
_BEGUN, _WAITS = ".begun.json", ".json"
_TIME = "%Y%m%dT%H%M%S.%fZ"


class RunStoreUnavailable(OperatorError, RuntimeError):
    """What Dagster is to know cannot be kept for it."""

    operator_code = "UNAVAILABLE"


class Recording(msgspec.Struct, frozen=True):
    """The results of steps of one experiment, in order; `id` names the recording in the metadata of its events."""

    id: str
    experiment: str
    steps: list[StepResult] = []


class RecordingQueue:
    """What is below `dagster/waiting` of a home: recordings named by their time, and why the last attempt failed."""

    def __init__(self, home: Home, clock: Callable[[], float] = time.time) -> None:
        self.home, self._clock = home, clock
        self._blobs, self._problem = home.storage.blobs, f"{FOLDER}/problem.txt"

    def add(self, experiment: str, steps: Sequence[StepResult]) -> bool:
        """Keep results that differ from the last ones of their assets; return whether there were any.

        Raise RunStoreUnavailable if they cannot be written.
        """
        known = self._known(experiment)
        new = [step for step in steps if known.get(step.asset) != step.state_hash]
        if not new:
            return False
        id_ = f"{self._now():{_TIME}}-{secrets.token_hex(4)}"
        try:
            self._blobs.put(f"{FOLDER}/{id_}{_WAITS}", msgspec.json.encode(Recording(id_, experiment, new)))
            known |= {step.asset: step.state_hash for step in new}
            self._blobs.put(self._known_key(experiment), pretty(known))
        except OSError as error:
            raise RunStoreUnavailable(
                f"{self.home.root / FOLDER} cannot be written ({error.strerror}), so Dagster does not learn of this: "
                "make room or correct its permissions, then run again; what was made is kept"
            ) from error
        return True

    def waiting(self) -> list[str]:
        """Return the keys of all recordings, oldest first; of one that was begun the key by which it goes on."""
        found = set(self._blobs.list(FOLDER))
        old = {f"{name.removesuffix(_BEGUN)}{_WAITS}" for name in found if name.endswith(_BEGUN)}
        return [f"{FOLDER}/{name}" for name in sorted(found - old) if name.endswith(_WAITS)]

    def unreadable(self) -> list[str]:
        """Return the keys of recordings that were set aside."""
        return [f"{FOLDER}/{name}" for name in self._blobs.list(FOLDER) if name.endswith(".unreadable")]

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
            return (self._blobs.get(self._problem) or b"").decode().strip() or None
        except OSError:
            return None

    def failed(self, problem: str) -> None:
        """Note why recordings wait; that they do shows it where not even this can be written."""
        with suppress(OSError):
            if self._blobs.list(FOLDER):  # a home that was deleted meanwhile is not made again
                self._blobs.put(self._problem, f"{problem}\n".encode())

    def begin(self, key: str) -> tuple[Recording, bool]:
        """Mark a recording as begun and return it, and whether it was already: a process died while it recorded.

        Raise LakeBroken for one that cannot be read.
        """
        recording = read_value(self._blobs, key, Recording)
        if recording is None:
            raise FileNotFoundError(key)
        if key.endswith(_BEGUN):
            return recording, True
        self._blobs.move(key, f"{key.removesuffix(_WAITS)}{_BEGUN}")
        return recording, False

    def end(self, recording: Recording) -> None:
        """Forget a recording that Dagster has."""
        for end in (_WAITS, _BEGUN):  # in this order: one that is not begun would be recorded again
            self._blobs.delete(f"{FOLDER}/{recording.id}{end}")
        self._blobs.delete(self._problem)

    def set_aside(self, key: str) -> None:
        """Keep a recording that cannot be read under a name by which it waits no more."""
        self._blobs.move(key, f"{key.removesuffix(_WAITS)}.unreadable")

    @contextmanager
    def alone(self, wait_s: float = 0.0) -> Iterator[bool]:
        """Hold the lease of the one process that records; yield whether it was had within `wait_s` seconds.

        What it writes needs no fence: a recording that two record at once is in Dagster twice, and harms nobody.
        """
        if not self._blobs.list(FOLDER):
            yield True
            return
        leases, now = self.home.storage.leases, iso(self._clock())
        with ExitStack() as held:
            try:
                held.enter_context(leases.hold(f"{FOLDER}/lock", purpose="recording", now=now, wait_s=wait_s))
            except LeaseHeld:
                is_alone = False
            else:
                is_alone = True
            yield is_alone

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)

    def _known_key(self, experiment: str) -> str:
        return self.home.key(experiment, "recorded.json")

    def _known(self, experiment: str) -> dict[str, str]:
        with suppress(LakeBroken):  # then everything is recorded once more
            return read_value(self._blobs, self._known_key(experiment), dict[str, str]) or {}
        return {}


def _seconds(key: str) -> float:
    """Return when a recording was made, in Unix seconds, as its name says; 0 for one that somebody else named."""
    name = key.rpartition("/")[2].partition("-")[0]
    try:
        return datetime.strptime(name, _TIME).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return 0.0
