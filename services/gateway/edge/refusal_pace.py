"""Refusals that somebody causes faster than people do are answered at a pace, so that causing more costs us little."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable

from starlette.types import Scope

from kit.http.pace import RatePace

RATE, BURST = 50.0, 50.0
"""Refusals a second that a caller, or an address without one, is answered, and how many at once before that holds."""
MOST_WAITING, MOST_IN_ALL = 256, 2_048
"""Refusals of one caller, and of all, that wait at a time; one more is answered at once, and ends its connection."""
LONGEST_S = 10.0
"""Seconds that a refusal may be behind at most: what comes beyond that has ended its connection, and is forgotten."""
PACED = "tipbench.paced"
"""Key of the scope that says that a request was refused beyond the pace."""
LAST = "tipbench.last"
"""Key of the scope that says that the connection ends with the refusal."""


class RefusalPace:
    """When each refusal is answered; `clock` and `sleep` have the same seconds.

    Only refusals wait: whoever sends valid requests from the same address is answered at once.
    """

    def __init__(
        self,
        rate: float = RATE,
        burst: float = BURST,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._pace, self._sleep = RatePace(rate, burst, clock), sleep
        self.waiting, self._in_all = Counter[str](), 0

    async def wait(self, scope: Scope, who: str) -> None:
        """Wait until the refusal of this request is due.

        Where as many wait already as may it is the last one on its connection: whoever goes on has to open another one,
        which counts to the address. It counts to the pace all the same.
        """
        full = self.waiting[who] >= MOST_WAITING or self._in_all >= MOST_IN_ALL
        seconds = self._pace.take(who, 1, LONGEST_S)
        scope[PACED], scope[LAST] = full or seconds > 0, full
        if full or not seconds:
            return
        self.waiting[who] += 1
        self._in_all += 1
        try:
            await self._sleep(seconds)
        finally:
            self._in_all -= 1
            self.waiting[who] -= 1
            if not self.waiting[who]:
                del self.waiting[who]
