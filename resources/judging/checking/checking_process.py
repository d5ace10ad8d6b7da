"""Checks received files where they hold nothing up: a large one in a process of its own, a few at a time.

A thread would hold Python's interpreter, and with it every request: one regular expression over 16 MB takes 0.1 s.
"""

import logging
from pathlib import Path
from threading import BoundedSemaphore

import msgspec

from contracts.judging import Receipt
from contracts.refusals import Refusal
from core.benchmark.spec import Spec
from kit.processes.bounded import run_bounded
from resources.home import Home
from resources.judging.checking.file_check import MOST_CPU_S, receipt_of

SMALL = 256 << 10
"""Bytes up to which a file is checked here: a process takes 0.3 s to start."""
AT_ONCE = 2
LONGEST_S = 4.0 * MOST_CPU_S
"""Seconds of a clock that a check may take: giving way to others it may have a part of a core alone."""
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
    with _PLACES:
        ended = run_bounded("resources.judging.checking.file_check", arguments, LONGEST_S)
    if ended.returncode:
        log.error("the check of a file of %d bytes ended with %d", written.stat().st_size, ended.returncode)
        if not ended.took_too_much:
            raise Refusal("this file could not be checked: the fault is ours, and the log has it", code="INTERNAL")
        raise NotChecked(f"the check of this file took more than {MOST_CPU_S} s or too much memory: send it in parts")
    return msgspec.json.decode(ended.printed, type=Receipt)
