"""Computations that nobody waits for."""

import asyncio
import threading

import pytest

from kit.cancellation import Cancelled, cancelled_by, run_cancellable, stop_if_cancelled


def test_a_computation_ends_at_the_next_look() -> None:
    """Only within its block, and only once it was told to; nested blocks have events of their own."""
    stop, inner = threading.Event(), threading.Event()
    stop_if_cancelled()
    with cancelled_by(stop):
        stop_if_cancelled()
        stop.set()
        with cancelled_by(inner):
            stop_if_cancelled()
        with pytest.raises(Cancelled):
            stop_if_cancelled()
    stop_if_cancelled()


def test_a_coroutine_ends_as_at_ctrl_c_once_it_was_cancelled() -> None:
    """Its clean-up runs to the end; one that nobody cancels returns what it returns, in a block or outside."""
    stop, cleaned = threading.Event(), []

    async def work() -> int:
        stop.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            cleaned.append("whole")
        return 1

    assert run_cancellable(asyncio.sleep(0, 2)) == 2
    with cancelled_by(threading.Event()):
        assert run_cancellable(asyncio.sleep(0, 3)) == 3
    with cancelled_by(stop), pytest.raises(KeyboardInterrupt):
        run_cancellable(work())
    assert cleaned == ["whole"]
