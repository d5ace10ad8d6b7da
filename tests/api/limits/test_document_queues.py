"""Whose document is prepared when, by the numbers."""

import asyncio

import pytest

from api.limits.compute_pool import QueueFull
from api.limits.document_queues import AT_ONCE, MOST_CALLERS, PACE, DocumentQueues


class _Clock:
    """Seconds that pass by sleeping alone."""

    def __init__(self) -> None:
        self.now, self.slept = 1_000.0, list[float]()

    async def sleep(self, seconds: float) -> None:
        """Let them pass, and whoever can go on go on."""
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


def test_the_next_document_waits_for_what_the_last_ones_cost() -> None:
    """What may come at once does not wait, what goes beyond it waits at the pace; another caller does not."""
    clock = _Clock()
    queues = DocumentQueues(8, lambda: clock.now, clock.sleep)

    async def prepared(who: str, units: float) -> None:
        async with queues.taken(who):
            queues.spend(who, units)

    async def run() -> None:
        await prepared("anna", AT_ONCE)
        await prepared("anna", PACE)
        assert clock.slept == []
        await prepared("ben", AT_ONCE)
        assert clock.slept == []
        await prepared("anna", 0)

    asyncio.run(run())
    assert clock.slept == [pytest.approx(1.0)]


def test_one_document_of_a_caller_is_prepared_at_a_time() -> None:
    """The others wait, up to a number with it; one more is refused, and another caller is not concerned."""
    under_way, most = list[str](), 0

    async def prepared(queues: DocumentQueues, who: str) -> None:
        nonlocal most
        async with queues.taken(who):
            under_way.append(who)
            most = max(most, under_way.count("anna"))
            await asyncio.sleep(0)
            under_way.remove(who)

    async def run() -> None:
        queues = DocumentQueues(3)
        tasks = [asyncio.create_task(prepared(queues, who)) for who in ("anna", "anna", "anna", "anna", "ben")]
        said = await asyncio.gather(*tasks, return_exceptions=True)
        assert [type(each) for each in said] == [type(None)] * 3 + [QueueFull, type(None)]
        await prepared(queues, "anna")

    asyncio.run(run())
    assert most == 1


def test_callers_who_may_go_on_are_forgotten() -> None:
    """However many ask, no more are remembered than the bound, and those who wait."""
    clock = _Clock()
    queues = DocumentQueues(8, lambda: clock.now, clock.sleep)
    queues.spend("slow", PACE * 1e6)
    for number in range(2 * MOST_CALLERS):
        clock.now += 0.01
        queues.spend(str(number), 1)
    assert len(queues._until) <= MOST_CALLERS + 2  # noqa: SLF001  # what is bounded is the memory
    assert queues._until["slow"] > clock.now  # noqa: SLF001  # the same
