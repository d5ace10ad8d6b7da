"""The checks before anything of an operation runs."""

import asyncio
import threading

from api.limits.rate_limits import TokenRate
from contracts.access.caller import Role
from tests.api.memory_services import MemoryServices
from tests.api.serving import example
from tests.deadline import DEADLINE_S


def test_a_large_document_is_prepared_beside_the_event_loop() -> None:
    """Nothing but its queue is full for its caller; small documents and other callers go on."""
    schema = example(rate=TokenRate(burst=1e9))
    services, gate = MemoryServices(), threading.Event()
    large = "{me " + " ".join(f"a{n}:me" for n in range(9)) + " #" + "x" * 2_100

    async def codes(text: str, role: Role) -> list[str]:
        result = await schema.execute(text, {}, services.context(role))
        return [error.extensions["code"] for error in result.errors or () if error.extensions]

    async def crowd() -> tuple[list[list[str]], list[list[str]]]:
        pool = schema.guarding.large_documents
        held = asyncio.create_task(pool.run("held", "held", lambda: gate.wait(DEADLINE_S)))
        mine = [asyncio.create_task(codes(f"{large}{n}\n}}", Role.USER)) for n in range(pool.each)]
        await asyncio.sleep(0)
        meanwhile = [await codes(f"{large}-\n}}", Role.USER), await codes("{me}", Role.USER)]
        gate.set()
        await held
        return meanwhile, await asyncio.gather(*mine)

    meanwhile, done = asyncio.run(crowd())
    assert meanwhile == [["RATE_LIMITED"], []]
    assert done == [[]] * 4
