"""Many subscriptions of one caller, and one of another, in virtual time."""

import asyncio
from collections import Counter

from api.limits.look_pace import LOOKS, LookPace
from api.limits.rate_limits import TokenRate
from contracts.access.caller import Role
from tests.api.memory_services import MemoryServices
from tests.virtual_time import run_in_virtual_time


def test_a_thousand_subscriptions_of_one_caller_look_a_hundred_times_a_second() -> None:
    """All of them in turn, each once in ten seconds; another caller's one looks as often as it wants to."""
    looked = Counter[str]()

    async def run() -> None:
        pace = LookPace()

        async def follow(who: str, number: int) -> None:
            while True:
                await pace.take(who, 0)
                looked[f"{who} {number}"] += 1
                await asyncio.sleep(0.25)

        following = [asyncio.create_task(follow("anna", number)) for number in range(1_000)]
        following.append(asyncio.create_task(follow("ben", 0)))
        await asyncio.sleep(10.005)
        for task in following:
            task.cancel()
        await asyncio.gather(*following, return_exceptions=True)

    run_in_virtual_time(run())
    of_ben = looked.pop("ben 0")
    assert (looked.total(), set(looked.values())) == (10 * LOOKS, {1})
    assert of_ben == 39


def test_a_look_pays_for_the_events_before_it() -> None:
    """Events of so many units come no faster than documents of as many."""

    async def run() -> float:
        context = MemoryServices().context(Role.ADMIN)
        await context.look()
        context.owed = 5 * int(TokenRate.per_second)
        await context.look()
        await context.look()
        return asyncio.get_running_loop().time()

    assert round(run_in_virtual_time(run()), 3) == 5 + 3 / LOOKS
