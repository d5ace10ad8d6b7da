"""Modules of ours that are run beside, with bounds that the kernel holds."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from kit.cancellation import Cancelled, cancelled_by
from kit.processes.bounded import OUT_OF_MEMORY, Ended, run_bounded
from tests.children import running_children
from tests.deadline import DEADLINE_S

BUSY = "tests.kit.processes.busy"


def test_what_is_given_is_read_and_what_is_printed_is_returned() -> None:
    """To the last byte, also of more than a pipe holds."""
    data = bytes(range(256)) * 1_000
    assert run_bounded(BUSY, ["echo"], DEADLINE_S, data) == Ended(0, data)


@pytest.mark.parametrize("kind", ["time", "memory", "number"])
def test_the_kernel_ends_what_takes_too_much(kind: str) -> None:
    """A loop, a list and a number that grow without end; what was printed before is there."""
    ended = run_bounded(BUSY, [kind], DEADLINE_S)
    assert ended.took_too_much
    assert ended.printed == b"begun\n"
    assert running_children(BUSY) == []


def test_one_that_waits_is_ended_in_time() -> None:
    """Waiting takes no CPU time."""
    ended = run_bounded(BUSY, ["wait"], 0.5)
    assert (ended.returncode < 0, running_children(BUSY)) == (True, [])


def test_one_that_nobody_waits_for_is_ended() -> None:
    """Its process too; once nobody waits none is begun."""
    stop = threading.Event()

    def once_begun() -> None:
        ends = time.monotonic() + DEADLINE_S
        while not running_children(BUSY) and time.monotonic() < ends:
            time.sleep(0.01)
        stop.set()

    with ThreadPoolExecutor(1) as pool, cancelled_by(stop):
        watching = pool.submit(once_begun)
        with pytest.raises(Cancelled):
            run_bounded(BUSY, ["wait"], DEADLINE_S)
        watching.result()
        with pytest.raises(Cancelled):
            run_bounded("tests.kit.is_not_there", [], DEADLINE_S)
    assert running_children(BUSY) == []


@pytest.mark.parametrize(("code", "much"), [(-24, True), (-9, True), (-6, True), (3, True), (1, False), (2, False)])
def test_too_much_is_told_from_a_defect(code: int, *, much: bool) -> None:
    """The kernel's signals for time and memory, ours, and memory that Python could not have; all else is a defect."""
    assert OUT_OF_MEMORY == 3
    assert Ended(code, b"").took_too_much is much


def test_a_defect_has_its_own_code() -> None:
    """What is raised in it is nobody's to read here."""
    assert run_bounded(BUSY, ["defect"], DEADLINE_S) == Ended(1, b"begun\n")
