"""Refusals that wait, counted by caller."""

import asyncio

from api.limits.held_refusals import HeldRefusals
from api.limits.rate_limits import TokenRate
from api.schema import build_schema
from contracts.access.caller import Role
from tests.api.example import Experiment, Queries
from tests.api.memory_services import MemoryServices


def test_refusals_of_a_caller_wait_up_to_a_number() -> None:
    """The third of one caller is answered at once, another caller's waits; places are free again afterwards."""
    gate = asyncio.Event()

    async def until_open(_: float) -> None:
        await gate.wait()

    async def run() -> None:
        held = HeldRefusals(each=2, sleep=until_open)
        waiting = [asyncio.create_task(held.wait(who)) for who in ("anna", "anna", "ben")]
        await asyncio.sleep(0)
        await held.wait("anna")
        assert held.held == {"anna": 2, "ben": 1}
        waiting[0].cancel()
        gate.set()
        await asyncio.gather(*waiting, return_exceptions=True)
        assert held.held == {}

    asyncio.run(run())


def test_who_asks_too_much_waits_before_the_refusal() -> None:
    """What is allowed does not wait; RATE_LIMITED does, with nothing read of its document."""
    schema = build_schema([Queries], types=[Experiment], rate=TokenRate(burst=90, per_second=0.001))
    services, guarding, gate = MemoryServices(), schema.guarding, asyncio.Event()

    async def until_open(_: float) -> None:
        await gate.wait()

    async def codes(text: str) -> list[str]:
        result = await schema.execute(text, {}, services.context(Role.USER))
        return [error.extensions["code"] for error in result.errors or () if error.extensions]

    async def run() -> None:
        object.__setattr__(guarding, "held_refusals", HeldRefusals(each=2, sleep=until_open))
        assert await codes("{me}") == []
        made = guarding.documents.made
        waiting = [asyncio.create_task(codes(f"{{me a{number}:me {'#' * 60}\n}}")) for number in range(2)]
        await asyncio.sleep(0)
        assert guarding.held_refusals.held.total() == 2
        assert await codes(f"{{me b:me {'#' * 60}\n}}") == ["RATE_LIMITED"]
        gate.set()
        assert await asyncio.gather(*waiting) == [["RATE_LIMITED"]] * 2
        assert guarding.documents.made == made

    asyncio.run(run())
