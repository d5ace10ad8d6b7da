"""Places of callers, of whom nobody waits for another."""

import asyncio

from kit.http.caller_places import CallerPlaces


def test_a_callers_requests_wait_for_each_other_alone() -> None:
    """In the order in which they came; one that is cancelled while it waits leaves nothing behind."""

    async def run() -> None:
        places, begun, gate = CallerPlaces(each=2), list[str](), asyncio.Event()

        async def ask(who: str, name: str) -> None:
            async with places.taken(who):
                begun.append(name)
                await gate.wait()

        requests = [asyncio.create_task(ask("a", f"a{number}")) for number in range(5)]
        requests.append(asyncio.create_task(ask("b", "b0")))
        await asyncio.sleep(0)
        assert begun == ["a0", "a1", "b0"]
        requests[2].cancel()
        await asyncio.sleep(0)
        gate.set()
        await asyncio.gather(*requests, return_exceptions=True)
        assert begun == ["a0", "a1", "b0", "a3", "a4"]
        assert len(places) == 0

    asyncio.run(run())


def test_of_all_callers_no_more_run_than_that() -> None:
    """Each has places of their own left, and one of the shared ones comes free once a request is done."""

    async def run() -> None:
        places, begun, gates = CallerPlaces(each=2, most=3), list[str](), [asyncio.Event() for _ in range(5)]

        async def ask(number: int) -> None:
            async with places.taken(f"caller {number}"):
                begun.append(f"r{number}")
                await gates[number].wait()

        requests = [asyncio.create_task(ask(number)) for number in range(5)]
        await asyncio.sleep(0)
        assert begun == ["r0", "r1", "r2"]
        gates[1].set()
        await requests[1]
        await asyncio.sleep(0)
        assert begun == ["r0", "r1", "r2", "r3"]
        for gate in gates:
            gate.set()
        await asyncio.gather(*requests)
        assert len(places) == 0

    asyncio.run(run())
