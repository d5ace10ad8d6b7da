"""Checks received files where they hold nothing up: a large one in a process of its own, a few at a time.

A thread would hold Python's interpreter, and with it every request: one regular expression over 16 MB takes 0.1 s.
"""

import logging
import os
import subprocess
import sys
import time
from pathlib import Path
from threading import BoundedSemaphore

import msgspec

from contracts.judging import Receipt
from contracts.refusals import Refusal
from core.benchmark.spec import Spec
from kit.cancellation import LOOK_EVERY_S, stop_if_cancelled
from kit.child_environment import needed
from resources.home import Home
from resources.judging.checking.file_check import MOST_CPU_S, OUT_OF_MEMORY, receipt_of

SMALL = 256 << 10
"""Bytes up to which a file is checked here: a process takes 0.3 s to start."""
AT_ONCE = 2
LONGEST_S = 2.0 * MOST_CPU_S
SOURCE = Path(__file__).resolve().parents[3]
_PLACES = BoundedSemaphore(AT_ONCE)
log = logging.getLogger("tipbench.uploads")


class NotChecked(Refusal):
    """A file whose check took more time or memory than one may."""

    code = "TOO_LARGE"


def checked(home: Home, spec: Spec, written: Path, judge: str | None) -> Receipt:
    """Return what becomes of a file below the home; raise NotChecked, or Cancelled where nobody waits any more.

    A check that ended by a defect is a Refusal with the code INTERNAL.
    """
    if written.stat().st_size <= SMALL:
        return receipt_of(home, spec, written, judge)
    arguments = [str(home.root), spec.experiment, str(written), *([judge] if judge else [])]
    with (
        _PLACES,
        subprocess.Popen(
            [sys.executable, "-m", "resources.judging.checking.file_check", *arguments],
            cwd=SOURCE,
            env={**needed(os.environ), "ARROW_DEFAULT_MEMORY_POOL": "system"},  # others reserve a GB, which would count
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C ends the server, which then ends this
        ) as process,
    ):
        try:
            said = _said(process)
        finally:
            process.kill()
    if process.returncode:
        log.error("the check of a file of %d bytes ended with %d", written.stat().st_size, process.returncode)
        if not took_too_much(process.returncode):
            raise Refusal("this file could not be checked: the fault is ours, and the log has it", code="INTERNAL")
        raise NotChecked(f"the check of this file took more than {MOST_CPU_S} s or too much memory: send it in parts")
    return msgspec.json.decode(said, type=Receipt)


def took_too_much(returncode: int) -> bool:
    """Return whether a check ended for want of time or memory: by a signal of the kernel's or ours, or as it says."""
    return returncode < 0 or returncode == OUT_OF_MEMORY


def _said(process: "subprocess.Popen[bytes]") -> bytes:
    """Return what the process prints until it ends; look meanwhile whether it is still waited for."""
    ends = time.monotonic() + LONGEST_S
    while time.monotonic() < ends:
        try:
            return process.communicate(timeout=LOOK_EVERY_S)[0]
        except subprocess.TimeoutExpired:
            stop_if_cancelled()
    return b""
