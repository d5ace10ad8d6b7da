"""A tracker that keeps MLflow in a process of its own, so that its slow import runs beside collecting."""

import subprocess
import sys
from pathlib import Path
from threading import Lock

import msgspec

from contracts.benchmark.tracking import MirrorRun, TrackingLinks, TrackingUnavailable
from resources.home import Home
from resources.tracking.worker import MirrorReply

SOURCE = Path(__file__).resolve().parents[2]


class SubprocessTracker:
    """Starts its process at `warm` or at the first mirror; safe to call from several threads."""

    def __init__(self, home: Home, tracking_uri: str | None) -> None:
        self._arguments = [str(home.root), tracking_uri or ""]
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = Lock()

    def warm(self) -> None:
        """Start the process, so that it is ready when something is to be mirrored."""
        with self._lock:
            self._running()

    def mirror(self, run: MirrorRun) -> TrackingLinks:
        """Bring the mirror to `run`; TrackingUnavailable when MLflow, its server or its process cannot."""
        with self._lock:
            process = self._running()
            try:
                if process.stdin is None or process.stdout is None:
                    raise BrokenPipeError
                process.stdin.write(msgspec.json.encode(run) + b"\n")
                process.stdin.flush()
                line = process.stdout.readline()
            except OSError:
                line = b""
            if not line:
                self._process = None
                raise TrackingUnavailable(
                    f"the MLflow process ended with {process.wait()} and could not take {run.experiment}: "
                    "nothing is lost, run it again to mirror it"
                )
        reply = msgspec.json.decode(line, type=MirrorReply)
        if reply.links is None:
            raise TrackingUnavailable(reply.problem or "MLflow gave no reason")
        return reply.links

    def close(self) -> None:
        """End the process and wait for it."""
        with self._lock:
            if self._process is not None and self._process.stdin is not None:
                self._process.stdin.close()
                self._process.wait()
                if self._process.stdout is not None:
                    self._process.stdout.close()
            self._process = None

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "resources.tracking.worker", *self._arguments],
                cwd=SOURCE,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C ends the run, which then ends this by closing its input
            )
        return self._process
