"""Calls outside that end when the process does, in virtual time."""

import asyncio
from functools import partial

import pytest

from services.notifier.channels.sender import HandOver, SendOutcome
from services.notifier.delivery.stoppable_calls import CUT_OFF, NOT_BEGUN, StoppableCalls
from tests.virtual_time import run_in_virtual_time

TOOK = HandOver(outcome=SendOutcome.DELIVERED, reason="201")
GRACE_S = 3.0


async def _after(seconds: float) -> HandOver:
    await asyncio.sleep(seconds)
    return TOOK


def test_what_answers_within_the_grace_counts_and_the_rest_is_cut_off() -> None:
    """Calls of one, two and hours; one that would begin after the stop does not."""
    calls, ended = StoppableCalls(GRACE_S), list[float]()

    async def story() -> list[HandOver]:
        loop = asyncio.get_running_loop()
        with calls.on_this_loop():
            loop.call_later(1.0, calls.stop)
            found = await asyncio.gather(*(calls.call(partial(_after, each)) for each in (0.5, 3.9, 7200.0, 7200.0)))
            ended.append(loop.time())
            return [*found, await calls.call(lambda: _after(0.0))]

    assert run_in_virtual_time(story()) == [TOOK, TOOK, CUT_OFF, CUT_OFF, NOT_BEGUN]
    assert ended == [1.0 + GRACE_S]


def test_a_stop_between_two_loops_lets_no_call_begin() -> None:
    """It may come at any moment, and more than once."""
    calls = StoppableCalls(GRACE_S)
    calls.stop()
    calls.stop()

    async def story() -> HandOver:
        with calls.on_this_loop():
            return await calls.call(lambda: _after(7200.0))

    assert run_in_virtual_time(story()) == NOT_BEGUN


def test_another_cancellation_stays_one() -> None:
    """Only what the stop cuts off has an outcome."""
    calls = StoppableCalls(GRACE_S)

    async def story() -> None:
        with calls.on_this_loop():
            task = asyncio.ensure_future(calls.call(lambda: _after(7200.0)))
            await asyncio.sleep(1.0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    run_in_virtual_time(story())
