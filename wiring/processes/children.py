"""The child processes of `tipbench up`: started with this process's life, restarted when they die, stopped together."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

LOOK_EVERY_S = 0.25
STEADY_S = 30.0
LONGEST_PAUSE_S = 30.0
GRACE_S = 6.0
LARGEST_LOG = 10_000_000
"""Bytes of a child's log, beside those of the older one."""


class Child:
    """One child and its log file; `start` must be called from the main thread, to whose end the kernel ties it."""

    def __init__(self, name: str, arguments: list[str], environ: Mapping[str, str], folder: Path, log: Path) -> None:
        self.name, self._arguments, self._environ, self._folder, self._log = name, arguments, environ, folder, log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it in a process group of its own, so that Ctrl-C reaches only this process."""
        self._log.parent.mkdir(parents=True, exist_ok=True)
        self.rotate()
        command = [sys.executable, "-m", "wiring.processes.child", str(os.getpid()), *self._arguments]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=self._folder,
                env=dict(self._environ),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def rotate(self, largest: int = LARGEST_LOG) -> None:
        """Move what a full log holds to its one older file, NAME.log.1; the child goes on in the same file."""
        with suppress(OSError):  # a log that cannot be rotated now is looked at again
            if self._log.stat().st_size > largest:
                shutil.copyfile(self._log, self._log.with_name(f"{self._log.name}.1"))
                os.truncate(self._log, 0)  # it is opened for appending only, so nothing is written beyond the end

    @property
    def pid(self) -> int | None:
        """Return the process id, None unless it runs."""
        return self._process.pid if self.runs and self._process else None

    @property
    def runs(self) -> bool:
        """Return whether the process runs."""
        return self._process is not None and self._process.poll() is None

    def ask_to_end(self) -> None:
        """Send SIGTERM to it and to what it started."""
        self._signal(signal.SIGTERM)

    def end(self, deadline: float) -> None:
        """Wait until `deadline` of the monotonic clock for the whole group to be gone, then kill what is left."""
        while self._signal(0) and time.monotonic() < deadline:
            time.sleep(0.02)
        self._signal(signal.SIGKILL)
        if self._process is not None:
            self._process.wait()

    def _signal(self, number: int) -> bool:
        """Whether anything of the group was there to get it."""
        if self._process is None:
            return False
        self._process.poll()
        try:
            os.killpg(self._process.pid, number)
        except ProcessLookupError:
            return False
        return True


def end_all(children: list[Child], grace_s: float = GRACE_S) -> None:
    """Ask all at once, then wait for each."""
    for child in children:
        child.ask_to_end()
    deadline = time.monotonic() + grace_s
    for child in children:
        child.end(deadline)


async def keep_alive(child: Child, report: Callable[[str], None], before_restart: Callable[[], None]) -> None:
    """Start `child` again whenever it dies, at once and then with growing pauses; runs until it is cancelled."""
    pause, since = LOOK_EVERY_S, time.monotonic()
    while True:
        await asyncio.sleep(LOOK_EVERY_S)
        await asyncio.to_thread(child.rotate)
        if child.runs:
            continue
        if time.monotonic() - since > STEADY_S:
            pause = LOOK_EVERY_S
        report(f"{child.name} ended and is started again")
        await asyncio.to_thread(child.end, time.monotonic() + GRACE_S)
        await asyncio.to_thread(before_restart)
        await asyncio.sleep(pause)
        child.start()
        pause, since = min(2 * pause, LONGEST_PAUSE_S), time.monotonic()
