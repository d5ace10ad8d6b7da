import asyncio

from hypothesis import given
from hypothesis import strategies as st

from resources.asking.budget import Budget


def test_without_a_ceiling_everything_may_leave() -> None:
    """None means no ceiling."""
    assert asyncio.run(Budget(None).reserve(1e9))


@given(st.floats(0, 1), st.lists(st.tuples(st.floats(0, 0.5), st.floats(0, 1)), max_size=20))
def test_spending_never_passes_the_ceiling(ceiling: float, requests: list[tuple[float, float]]) -> None:
    """As long as no request costs more than was reserved for it, the sum stays under the ceiling."""

    async def spend() -> Budget:
        budget = Budget(ceiling)

        async def one(worst: float, share: float) -> None:
            if await budget.reserve(worst):
                await asyncio.sleep(0)
                budget.settle(worst, worst * share)

        await asyncio.gather(*(one(worst, share) for worst, share in requests))
        return budget

    assert asyncio.run(spend()).spent <= ceiling + 1e-9


def test_a_waiting_request_leaves_when_another_costs_less_than_reserved() -> None:
    """Reservations that are freed let the next request go; only what can never fit stops collecting."""

    async def story() -> tuple[bool, bool, bool]:
        budget = Budget(1.0)
        assert await budget.reserve(0.9)
        waiting = asyncio.create_task(budget.reserve(0.5))
        await asyncio.sleep(0)
        waited = not waiting.done()
        budget.settle(0.9, 0.1)
        went = await waiting
        budget.settle(0.5, 0.5)
        return waited, went, await budget.reserve(0.5)

    assert asyncio.run(story()) == (True, True, False)
