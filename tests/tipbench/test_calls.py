"""One call: where it runs, and what becomes of its errors."""

import asyncio
import os
import threading
from pathlib import Path

import pytest

import tipbench
from kit.cancellation import Cancelled
from tipbench.calls import call

SECRET = "a value that no error may hold"


def _home() -> Path:
    raise AssertionError("the home is not needed")


def test_work_runs_where_no_event_loop_runs() -> None:
    """So that it may have one of its own, also while the caller is within one."""

    async def cell() -> int:
        return call(lambda: asyncio.run(asyncio.sleep(0, 7)), _home)

    assert asyncio.run(cell()) == 7


def test_files_of_a_call_are_private_and_the_callers_are_not(tmp_path: Path) -> None:
    """The mask is the caller's again afterwards."""
    before = os.umask(0o022)
    try:
        call((tmp_path / "private").touch, _home)
        (tmp_path / "own").touch()
    finally:
        os.umask(before)
    assert [(tmp_path / name).stat().st_mode & 0o777 for name in ("private", "own")] == [0o600, 0o644]


def test_a_defect_is_masked_and_its_frames_are_kept(tmp_path: Path) -> None:
    """The error names the place and the file, and neither has the value."""
    with pytest.raises(tipbench.Error, match=r"^a defect: KeyError in test_calls\.py") as raised:
        call(lambda: dict[str, int]()[SECRET], lambda: tmp_path)
    assert raised.value.exit_code == 70
    assert raised.value.__context__ is None
    (file,) = (tmp_path / "logs").glob("defect-*.txt")
    assert str(file) in str(raised.value)
    assert SECRET not in str(raised.value) + file.read_text("utf-8")


def test_an_interrupt_is_one() -> None:
    """Of the work itself, and of work that was cancelled."""

    def interrupted() -> None:
        raise KeyboardInterrupt("stopped; all is kept")

    def cancelled() -> None:
        raise Cancelled

    with pytest.raises(KeyboardInterrupt, match="all is kept"):
        call(interrupted, _home)
    with pytest.raises(KeyboardInterrupt):
        call(cancelled, _home)


def test_the_thread_ends_with_the_call() -> None:
    """None is left behind."""
    call(lambda: None, _home)
    assert not [thread for thread in threading.enumerate() if thread.name == "tipbench"]
