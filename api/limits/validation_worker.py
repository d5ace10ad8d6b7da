"""The one thread that prepares large documents, so that the event loop goes on meanwhile."""

import asyncio
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
Answer = TypeVar("Answer")


def _one_thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, "validation")


@dataclass
class ValidationWorker:
    """A queue in front of one thread: at most `each` documents of a caller wait or are under way, `most` of all.

    `waiting` counts them by caller.
    """

    each: int = 4
    most: int = 32
    waiting: Counter[str] = field(default_factory=Counter)
    _thread: ThreadPoolExecutor = field(default_factory=_one_thread)

    async def run(self, who: str, function: Callable[P, Answer], *args: P.args, **kwargs: P.kwargs) -> Answer | None:
        """Return the function's answer, or None at once where the caller's places, or all, are taken.

        A caller who is gone gives the place up; what has not begun is not done.
        """
        if self.waiting[who] >= self.each or self.waiting.total() >= self.most:
            return None
        self.waiting[who] += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._thread, lambda: function(*args, **kwargs))
        finally:
            self.waiting[who] -= 1
            if not self.waiting[who]:
                del self.waiting[who]
