"""The ceiling on spending: a request may be sent only if the most it can cost still fits."""

import asyncio


class Budget:
    """Spent, reserved and the most that may be spent in all, in USD; None is no ceiling."""

    def __init__(self, ceiling: float | None, spent: float = 0.0) -> None:
        self.ceiling = ceiling
        self.spent = spent
        self.stopped = False
        self._reserved = 0.0
        self._under_way = 0
        self._freed = asyncio.Event()

    async def reserve(self, worst: float) -> bool:
        """Reserve `worst` USD and return True; return False, and stop the budget, if it can never fit.

        Waits while requests under way may still free enough.
        """
        while self.ceiling is not None and self.spent + self._reserved + worst > self.ceiling:
            if self.stopped or self._under_way == 0:
                self.stopped = True
                self._freed.set()
                return False
            self._freed.clear()
            await self._freed.wait()
        self._reserved += worst
        self._under_way += 1
        return True

    def settle(self, worst: float, cost: float | None) -> None:
        """Release a reservation of `worst` USD and add what was really spent; None for `cost` adds nothing."""
        self._under_way -= 1
        # Sums of floats leave crumbs; with nothing under way nothing is reserved.
        self._reserved = max(0.0, self._reserved - worst) if self._under_way else 0.0
        self.spent += cost or 0.0
        self._freed.set()
