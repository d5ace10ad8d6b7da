"""Rate limits: a token bucket a caller, filled by time and emptied by cost."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class TokenRate:
    """`burst` cost units at once, `per_second` in the long run; at most `callers` buckets, the oldest dropped first."""

    burst: float = 200_000
    per_second: float = 20_000
    callers: int = 10_000


class Buckets:
    """The buckets of one process; `clock` gives monotonic seconds."""

    def __init__(self, rate: TokenRate, clock: Callable[[], float]) -> None:
        self._rate, self._clock = rate, clock
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, who: str, cost: float) -> float:
        """Take `cost` units and return 0, or take nothing and return the seconds until they would be there."""
        level, wanted = self._level(who), min(cost, self._rate.burst)
        wait = 0.0 if level >= wanted else (wanted - level) / self._rate.per_second
        self._set(who, level if wait else level - wanted)
        return wait

    def spend(self, who: str, cost: float) -> None:
        """Take `cost` units that were used already, at most a whole bucket below none."""
        self._set(who, max(self._level(who) - cost, -self._rate.burst))

    def _level(self, who: str) -> float:
        now, rate = self._clock(), self._rate
        level, since = self._levels.get(who, (rate.burst, now))
        return min(rate.burst, level + (now - since) * rate.per_second)

    def _set(self, who: str, level: float) -> None:
        self._levels[who] = (level, self._clock())
        self._levels.move_to_end(who)
        if len(self._levels) > self._rate.callers:
            self._levels.popitem(last=False)
