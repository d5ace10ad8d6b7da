"""Root fields that compute have threads and a queue of their own."""

import asyncio
import threading
from collections.abc import Callable

import pytest

from api.limits.compute_pool import ComputePool, QueueFull
from kit.cancellation import Cancelled, stop_if_cancelled
from tests.api.serving import until
from tests.deadline import DEADLINE_S


class _Work:
    """Counts what has begun, what ended and what was cancelled, all behind one gate."""

    def __init__(self) -> None:
        self.gate, self.begun, self.cancelled = threading.Event(), list[str](), list[str]()

    def __call__(self, name: str) -> Callable[[], str]:
        """The computation of that name."""

        def compute() -> str:
            self.begun.append(name)
            self.gate.wait(DEADLINE_S)
            try:
                stop_if_cancelled()
            except Cancelled:
                self.cancelled.append(name)
                raise
            return f"{name} by {threading.current_thread().name}"

        return compute


def test_equal_ones_are_computed_once() -> None:
    """Whoever asks; afterwards the same key is computed anew."""
    pool, work = ComputePool(), _Work()

    async def ask() -> list[str]:
        requests = [asyncio.create_task(pool.run(who, "plan", work("plan"))) for who in ("one", "two", "one")]
        await until(lambda: work.begun)
        work.gate.set()
        found: list[str] = await asyncio.gather(*requests)
        return [*found, await pool.run("one", "plan", work("plan"))]

    assert asyncio.run(ask()) == ["plan by compute_0"] * 4
    assert work.begun == ["plan", "plan"]
    assert pool.running == {}


def test_one_caller_cannot_fill_the_queue() -> None:
    """Beyond its places a caller is refused, and so is everybody beyond all places; what waits is done in its turn."""
    pool, work = ComputePool(each=2, most=3), _Work()

    async def crowd() -> list[str]:
        begun = [asyncio.create_task(pool.run("mine", str(n), work(str(n)))) for n in range(2)]
        await until(lambda: work.begun)
        with pytest.raises(QueueFull):
            await pool.run("mine", "2", work("2"))
        begun.append(asyncio.create_task(pool.run("other", "3", work("3"))))
        await asyncio.sleep(0)
        with pytest.raises(QueueFull):
            await pool.run("third", "4", work("4"))
        work.gate.set()
        done: list[str] = await asyncio.gather(*begun)
        return done

    assert asyncio.run(crowd()) == [f"{n} by compute_0" for n in (0, 1, 3)]
    assert pool.running == {}


def test_what_nobody_awaits_is_dropped_or_told_to_stop() -> None:
    """One of two who leave ends nothing; the last one ends what is under way, and what waits never begins."""
    pool, work = ComputePool(), _Work()

    async def leave() -> None:
        first, second = (asyncio.create_task(pool.run(who, "plan", work("plan"))) for who in ("one", "two"))
        waiting = asyncio.create_task(pool.run("one", "checks", work("checks")))
        await until(lambda: work.begun)
        first.cancel()
        waiting.cancel()
        await asyncio.gather(first, waiting, return_exceptions=True)
        assert list(pool.running) == ["plan"]
        second.cancel()
        await asyncio.gather(second, return_exceptions=True)
        assert pool.running == {}
        work.gate.set()
        await until(lambda: work.cancelled)
        await pool.run("one", "next", work("next"))

    asyncio.run(leave())
    assert (work.begun, work.cancelled) == (["plan", "next"], ["plan"])


def test_what_a_computation_raises_reaches_all_who_await_it() -> None:
    """And the next one is computed."""
    pool = ComputePool()

    def fail() -> None:
        raise ValueError("no")

    async def ask() -> list[object]:
        found: list[object] = await asyncio.gather(*(pool.run("one", "k", fail) for _ in "12"), return_exceptions=True)
        return found

    assert [str(each) for each in asyncio.run(ask())] == ["no", "no"]
    assert pool.running == {}
