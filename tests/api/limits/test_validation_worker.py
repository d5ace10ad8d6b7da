"""The queue of large documents."""

import asyncio
import threading

from api.limits.rate_limits import TokenRate
from api.limits.validation_worker import ValidationWorker
from contracts.access.caller import Role
from tests.api.memory_services import MemoryServices
from tests.api.serving import example
from tests.deadline import DEADLINE_S


def test_one_caller_cannot_fill_the_queue() -> None:
    """Beyond its places a caller is turned away at once; another one's document is done, in its turn."""
    worker, gate = ValidationWorker(each=2, most=3), threading.Event()

    def step() -> str:
        gate.wait(DEADLINE_S)
        return threading.current_thread().name

    async def crowd() -> tuple[list[str | None], list[str | None]]:
        mine = [asyncio.create_task(worker.run("mine", step)) for _ in range(2)]
        await asyncio.sleep(0)
        refused = [await worker.run("mine", step)]
        others = asyncio.create_task(worker.run("other", step))
        await asyncio.sleep(0)
        refused.append(await worker.run("third", step))
        gate.set()
        return refused, await asyncio.gather(*mine, others)

    refused, done = asyncio.run(crowd())
    assert refused == [None, None]
    assert len(set(done)) == 1
    assert threading.current_thread().name not in done
    assert worker.waiting == {}


def test_a_caller_who_is_gone_leaves_the_queue() -> None:
    """What has not begun is never done, and the place is free."""
    worker, gate, begun = ValidationWorker(each=2), threading.Event(), []

    def step(number: int) -> None:
        begun.append(number)
        gate.wait(DEADLINE_S)

    async def leave() -> None:
        first, second = (asyncio.create_task(worker.run("mine", step, number)) for number in (1, 2))
        await asyncio.sleep(0)
        second.cancel()
        await asyncio.gather(second, return_exceptions=True)
        assert worker.waiting == {"mine": 1}
        gate.set()
        await first
        await worker.run("mine", step, 3)

    asyncio.run(leave())
    assert begun == [1, 3]


def test_a_large_document_is_prepared_beside_the_event_loop() -> None:
    """Nothing but its queue is full for its caller; small documents and other callers go on."""
    schema = example(rate=TokenRate(burst=1e9))
    services, gate = MemoryServices(), threading.Event()
    large = "{me " + " ".join(f"a{n}:me" for n in range(9)) + " #" + "x" * 2_100

    async def codes(text: str, role: Role) -> list[str]:
        result = await schema.execute(text, {}, services.context(role))
        return [error.extensions["code"] for error in result.errors or () if error.extensions]

    async def crowd() -> tuple[list[list[str]], list[list[str]]]:
        worker = schema.guarding.worker
        held = asyncio.create_task(worker.run("held", gate.wait, DEADLINE_S))
        mine = [asyncio.create_task(codes(f"{large}{n}\n}}", Role.USER)) for n in range(worker.each)]
        await asyncio.sleep(0)
        meanwhile = [await codes(f"{large}-\n}}", Role.USER), await codes("{me}", Role.USER)]
        gate.set()
        await held
        return meanwhile, await asyncio.gather(*mine)

    meanwhile, done = asyncio.run(crowd())
    assert meanwhile == [["RATE_LIMITED"], []]
    assert done == [[]] * 4
