"""Runs a module of ours as a process beside this one, which may take so much time and memory and no more.

A thread would hold Python's interpreter, and with it every request, and could not be ended.
"""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, NamedTuple

from kit.cancellation import LOOK_EVERY_S, stop_if_cancelled
from kit.child_environment import needed

OUT_OF_MEMORY = 3
"""The exit code of a process that needed more memory than it may have."""
SOURCE = Path(__file__).resolve().parents[2]


class Ended(NamedTuple):
    """How a process ended, and what it had printed by then."""

    returncode: int
    printed: bytes

    @property
    def took_too_much(self) -> bool:
        """Return whether it ended for want of time or memory: by a signal of the kernel's or ours, or as it says."""
        return self.returncode < 0 or self.returncode == OUT_OF_MEMORY


def run_bounded(module: str, arguments: Sequence[str], longest_s: float, given: bytes = b"") -> Ended:
    """Run a module to its end, or kill it after `longest_s` seconds; `given` is its standard input.

    Raise Cancelled, once it is ended, where nobody waits for it any more.
    """
    stop_if_cancelled()
    with (
        TemporaryFile() as stdin,
        subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=SOURCE,
            env={**needed(os.environ), "ARROW_DEFAULT_MEMORY_POOL": "system"},  # others reserve a GB, which would count
            stdin=_filled(stdin, given),  # a pipe takes only so much, and is not filled between two looks
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C ends the server, which then ends this
        ) as process,
    ):
        ends, printed = time.monotonic() + longest_s, None
        try:
            while printed is None and time.monotonic() < ends:
                try:
                    printed = process.communicate(timeout=LOOK_EVERY_S)[0]
                except subprocess.TimeoutExpired:
                    stop_if_cancelled()
        finally:
            process.kill()
        if printed is None:
            printed = process.communicate()[0]
    return Ended(process.returncode, printed)


def _filled(file: IO[bytes], data: bytes) -> IO[bytes]:
    file.write(data)
    file.seek(0)
    return file


def keep_within(cpu_s: int, memory: int, nicer: int = 0) -> None:
    """Have the kernel end this process beyond so many seconds of CPU time, and refuse it more bytes of memory.

    It gives way to others by `nicer` steps.
    """
    os.nice(nicer)
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
