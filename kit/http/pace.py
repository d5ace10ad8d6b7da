"""How long somebody has to wait for what is beyond a rate, with so much at once before that holds."""

import math
import time
from collections.abc import Callable

MOST_NAMES = 10_000
"""Names that are remembered before those that need not wait are forgotten."""


class RatePace:
    """Takes `rate` units a second of each name, and `burst` at once; `clock` gives seconds."""

    def __init__(self, rate: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._burst, self._clock = rate, burst, clock
        self._until: dict[str, float] = {}

    def take(self, name: str, units: float, most_s: float = math.inf) -> float:
        """Count units and return the seconds until they are within the rate, 0 where they are, `most_s` at most."""
        now = self._clock()
        if len(self._until) > MOST_NAMES:
            names = list(self._until.items())  # at once: another thread may add one meanwhile
            self._until = {each: until for each, until in names if until > now}
        until = max(self._until.get(name, -math.inf), now - self._burst / self._rate) + units / self._rate
        until = self._until[name] = min(until, now + most_s)
        return max(0.0, until - now)

    def names(self) -> int:
        """Return how many names are remembered."""
        return len(self._until)
