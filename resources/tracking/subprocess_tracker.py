"""A tracker with MLflow in a process of its own, so that its slow import or a slow server holds nothing up."""

import os
import queue
import secrets
import subprocess
import sys
from pathlib import Path
from threading import Event, Lock, Thread

import msgspec

from contracts.benchmark.tracking import MirrorRun, TrackingLinks, TrackingUnavailable
from kit.child_environment import needed_by_mirror
from resources.home import Home
from resources.storage.files import write_whole
from resources.tracking.worker import READY, MirrorReply

SOURCE = Path(__file__).resolve().parents[2]


class SubprocessTracker:
    """Starts its process at `warm` or at the first mirror; safe to call from several threads.

    A mirroring that was not waited for goes on in that process, which outlives this one for two minutes at most.
    """

    def __init__(self, home: Home, tracking_uri: str | None) -> None:
        self._folder = home.mlflow
        self._arguments = [str(home.root), tracking_uri or ""]
        self._worker: _Worker | None = None
        self._lock = Lock()

    def warm(self) -> None:
        """Start the process, so that it is ready when something is to be mirrored."""
        with self._lock:
            self._running()

    def wait_until_ready(self, timeout_s: float) -> bool:
        """Wait until the process has imported MLflow; return whether it has within `timeout_s`."""
        with self._lock:
            worker = self._running()
        return worker.ready.wait(timeout_s)

    def mirror(self, run: MirrorRun, wait_s: float | None = None) -> TrackingLinks | None:
        """Bring the mirror to `run`; return None if that goes on in the background.

        With `wait_s` a process that is not ready yet is not waited for, and one that is has that many seconds. Raise
        TrackingUnavailable if it takes longer, or if MLflow, its server or its process fails.
        """
        with self._lock:
            worker = self._running()
            try:
                worker.hand_over(self._folder / "waiting" / f"{run.experiment}-{secrets.token_hex(4)}.json", run)
            except OSError as error:
                self._worker = None
                raise _ended(run, error) from error
            if wait_s is not None and not worker.ready.is_set():
                return None
            try:
                reply = worker.replies.get(timeout=wait_s)
            except queue.Empty:
                worker.close(0.0)  # its late answer has no reader
                self._worker = None
                raise TrackingUnavailable(
                    f"MLflow did not take {run.experiment} within {wait_s:g} s: nothing is lost"
                ) from None
            if reply is None:
                self._worker = None
                raise _ended(run, None)
        if reply.links is None:
            raise TrackingUnavailable(reply.problem or "MLflow gave no reason")
        return reply.links

    def close(self, wait_s: float = 0.0) -> None:
        """Close the process's input and wait up to `wait_s` seconds; it ends when it has done what it was given."""
        with self._lock:
            if self._worker is not None:
                self._worker.close(wait_s)
            self._worker = None

    def _running(self) -> "_Worker":
        if self._worker is None or self._worker.process.poll() is not None:
            self._worker = _Worker(self._arguments)
        return self._worker


class _Worker:
    """The process and what it reports: `ready` once MLflow is imported, then a reply for each run, None at its end."""

    def __init__(self, arguments: list[str]) -> None:
        self.ready, self.replies = Event(), queue.SimpleQueue[MirrorReply | None]()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "resources.tracking.worker", *arguments],
            cwd=SOURCE,
            env=needed_by_mirror(os.environ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C ends the run, which then ends this by closing its input
        )
        self._listener = Thread(target=self._listen, name="mirror", daemon=True)
        self._listener.start()

    def hand_over(self, path: Path, run: MirrorRun) -> None:
        """Send a run as the path of a file, so that the pipe gets a short line however large the run is."""
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, msgspec.json.encode(run))
        if self.process.stdin is None:
            raise BrokenPipeError
        self.process.stdin.write(str(path).encode() + b"\n")
        self.process.stdin.flush()

    def close(self, wait_s: float) -> None:
        """Close its input, and wait up to `wait_s` seconds for its end."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        self._listener.join(wait_s)

    def _listen(self) -> None:
        for line in self.process.stdout or ():
            if line == READY:
                self.ready.set()
            else:
                self.replies.put(msgspec.json.decode(line, type=MirrorReply))
        self.replies.put(None)
        if self.process.stdout is not None:
            self.process.stdout.close()
        self.process.wait()


def _ended(run: MirrorRun, error: OSError | None) -> TrackingUnavailable:
    why = f" ({error.strerror})" if error else ""
    return TrackingUnavailable(f"the MLflow process ended{why} and could not take {run.experiment}: nothing is lost")
