"""Threads beside the event loop: a queue by caller, one computation for equal ones, none that nobody awaits."""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from contracts.refusals import Refusal
from kit.cancellation import cancelled_by


class QueueFull(Refusal):
    """More computations than a caller, or all callers, may have waiting."""

    code = "RATE_LIMITED"


@dataclass(eq=False)
class Computation:
    """One computation in the pool: who began it, how many await it, and the event that ends it."""

    owner: str
    answer: "asyncio.Future[Any]"
    stop: threading.Event
    awaited: int = 0


@dataclass
class ComputePool:
    """`threads` of their own; at most `each` computations of a caller wait or are under way, `most` of all callers.

    `running` holds them by key; an equal one joins the one that is there.
    """

    threads: int = 1
    each: int = 8
    most: int = 32
    running: dict[str, Computation] = field(default_factory=dict)
    _pool: ThreadPoolExecutor | None = None

    async def run(self, who: str, key: str, function: Callable[[], Any]) -> Any:
        """Return the function's answer, computed once for all who await that `key`; raise QueueFull, or what it raises.

        When the last who awaits it is cancelled it is dropped from the queue, or told to stop.
        """
        one = self.running.get(key)
        if one is None:
            one = self.running[key] = self._begin(who, function)
        one.awaited += 1
        try:
            return await asyncio.shield(one.answer)
        finally:
            one.awaited -= 1
            if not one.awaited:
                one.stop.set()
                one.answer.cancel()
                if self.running.get(key) is one:
                    del self.running[key]

    def _begin(self, who: str, function: Callable[[], Any]) -> Computation:
        owned = Counter(one.owner for one in self.running.values())
        if owned[who] >= self.each or owned.total() >= self.most:
            raise QueueFull("Too much is being computed; try again when some of it is done.")
        self._pool = self._pool or ThreadPoolExecutor(self.threads, "compute")
        stop = threading.Event()

        def compute() -> Any:
            with cancelled_by(stop):
                return function()

        return Computation(who, asyncio.get_running_loop().run_in_executor(self._pool, compute), stop)
