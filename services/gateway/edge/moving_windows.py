"""Moving windows: how often each name did something in the last minute, in constant time and bounded memory."""

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import NamedTuple

WINDOW_S = 60.0
MOST_NAMES = 10_000
"""Names that are remembered; for one more the one that was counted longest ago is forgotten."""


class WindowHit(NamedTuple):
    """Whether it was within the limit, how many more are, and in how many seconds the oldest one counts no more."""

    passes: bool
    left: int
    wait_s: float


class MovingWindows:
    """Times of the last minute by name; `clock` gives seconds.

    Nothing is swept in between: a name that is not counted again goes once `most` others came.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, most: int = MOST_NAMES) -> None:
        self._clock, self._most = clock, most
        self._hits: OrderedDict[str, deque[float]] = OrderedDict()

    def hit(self, name: str, limit: int) -> WindowHit:
        """Count one of `name` unless `limit` of them are within the last minute."""
        now = self._clock()
        hits = self._hits.pop(name, None) or deque()
        self._hits[name] = hits
        if len(self._hits) > self._most:
            self._hits.popitem(last=False)
        while hits and hits[0] <= now - WINDOW_S:
            hits.popleft()
        passes = len(hits) < limit
        if passes:
            hits.append(now)
        return WindowHit(passes, limit - len(hits), hits[0] + WINDOW_S - now if hits else 0.0)

    def names(self) -> int:
        """Return how many names are remembered."""
        return len(self._hits)
