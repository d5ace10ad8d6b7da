"""Rate limits: moving windows by user, or by address for unknown callers."""

import math
import time
from dataclasses import dataclass

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from contracts.access.caller import Caller


@dataclass(frozen=True)
class WindowRate:
    """`per_minute` requests of a method ("" for all) on paths that begin with `prefix`; headers show its `name`."""

    name: str
    prefix: str
    per_minute: int
    method: str = ""


RATES = (
    WindowRate("launch", "/api/bench/run", 60, "POST"),
    WindowRate("bench", "/api/", 600),
    WindowRate("export", "/v1/profile/export", 6, "POST"),
    WindowRate("erase", "/v1/profile/erase", 6, "POST"),
    WindowRate("app", "/v1/", 600),
    WindowRate("auth", "/auth/", 300),
    WindowRate("metrics", "/metrics", 120),
    WindowRate("uploads", "/uploads/", 300),
    WindowRate("webhooks", "/webhooks/", 1_200),
)
"""The first that fits counts. GraphQL has limits of its own, by cost."""


@dataclass(frozen=True)
class Counted:
    """A counted request: whether it passes, the rate-limit headers, and the rate that applied."""

    passes: bool
    headers: list[tuple[bytes, bytes]]
    name: str = ""


class RateLimits:
    """The windows of one process."""

    def __init__(self, rates: tuple[WindowRate, ...] = RATES) -> None:
        self._rates = [(rate, RateLimitItemPerMinute(rate.per_minute)) for rate in rates]
        self._windows = MovingWindowRateLimiter(MemoryStorage())

    async def count(self, method: str, path: str, caller: Caller | None, address: str) -> Counted:
        """Count one request of a user, or of an address without one, and return whether it passes."""
        for rate, item in self._rates:
            if path.startswith(rate.prefix) and rate.method in {"", method}:
                who = f"user:{caller.subject}" if caller else f"address:{address}"
                passes = await self._windows.hit(item, rate.name, who)
                until, left = await self._windows.get_window_stats(item, rate.name, who)
                fields = _header_fields(rate, max(0, left), max(1, math.ceil(until - time.time())), passes=passes)
                return Counted(passes, fields, rate.name)
        return Counted(passes=True, headers=[])


def _header_fields(rate: WindowRate, left: int, wait_s: int, *, passes: bool) -> list[tuple[bytes, bytes]]:
    """The header fields of draft-ietf-httpapi-ratelimit-headers, and Retry-After for whom it is too much."""
    fields = [
        (b"ratelimit-policy", f'"{rate.name}";q={rate.per_minute};w=60'.encode()),
        (b"ratelimit", f'"{rate.name}";r={left};t={wait_s}'.encode()),
    ]
    return fields if passes else [*fields, (b"retry-after", str(wait_s).encode())]
