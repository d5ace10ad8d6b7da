"""Rate limits: moving windows by user, or by address for unknown callers."""

import math
import time
from collections.abc import Iterable
from dataclasses import dataclass

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from contracts.access.caller import Caller
from contracts.module import RouteSpec


@dataclass(frozen=True)
class WindowRate:
    """`per_minute` requests of a method ("" for all) on paths that begin with `prefix`; headers show its `name`.

    With `failures` only those count that were refused, once they were: what proves itself, such as a link, is looked at
    however many others proved nothing.
    """

    name: str
    prefix: str
    per_minute: int
    method: str = ""
    failures: bool = False


RATES = (
    WindowRate("launch", "/api/bench/run", 60, "POST"),
    WindowRate("bench", "/api/", 600),
    WindowRate("app", "/v1/", 600),
    WindowRate("documents", "/auth/jwks.json", 600),
    WindowRate("documents", "/.well-known/", 600),
    WindowRate("links", "/auth/redeem", 300, failures=True),
    WindowRate("tokens", "/auth/token", 300, failures=True),
    WindowRate("auth", "/auth/", 300),
    WindowRate("metrics", "/metrics", 120),
    WindowRate("uploads", "/uploads/", 300, failures=True),
    WindowRate("webhooks", "/webhooks/", 1_200),
)
"""The first that fits counts, after those of routes that declare their own. GraphQL has limits of its own, by cost."""


def rates_with(specs: Iterable[RouteSpec]) -> tuple[WindowRate, ...]:
    """Return the usual rates with those that routes declare before them."""
    declared = ((spec.rate, spec) for spec in specs if spec.rate is not None)
    return (
        *(WindowRate(rate.name, spec.path.partition("{")[0], rate.per_minute, spec.method) for rate, spec in declared),
        *RATES,
    )


@dataclass(frozen=True)
class Counted:
    """A counted request: whether it passes, the rate-limit headers, and the rate that applied."""

    passes: bool
    headers: list[tuple[bytes, bytes]]
    name: str = ""


PASSES = Counted(passes=True, headers=[])


class RateLimits:
    """The windows of one process."""

    def __init__(self, rates: tuple[WindowRate, ...] = RATES) -> None:
        self._rates = [(rate, RateLimitItemPerMinute(rate.per_minute)) for rate in rates]
        self._windows = MovingWindowRateLimiter(MemoryStorage())

    def applies(self, method: str, path: str) -> bool:
        """Return whether requests of this method and path are counted at all."""
        return self._found(method, path) is not None

    async def count(self, method: str, path: str, caller: Caller | None, address: str) -> Counted:
        """Count one request of a user, or of an address without one, and return whether it passes."""
        found = self._found(method, path)
        return PASSES if found is None or found[0].failures else await self._hit(*found, caller, address)

    async def count_failure(self, method: str, path: str, caller: Caller | None, address: str) -> Counted:
        """Count one request that was refused, where failures are counted, and return whether it may be told why."""
        found = self._found(method, path)
        return PASSES if found is None or not found[0].failures else await self._hit(*found, caller, address)

    def _found(self, method: str, path: str) -> tuple[WindowRate, RateLimitItem] | None:
        fits = ((rate, item) for rate, item in self._rates if rate.method in {"", method})
        return next(((rate, item) for rate, item in fits if path.startswith(rate.prefix)), None)

    async def _hit(self, rate: WindowRate, item: RateLimitItem, caller: Caller | None, address: str) -> Counted:
        who = f"user:{caller.subject}" if caller else f"address:{address}"
        passes = await self._windows.hit(item, rate.name, who)
        until, left = await self._windows.get_window_stats(item, rate.name, who)
        fields = _header_fields(rate, max(0, left), max(1, math.ceil(until - time.time())), passes=passes)
        return Counted(passes, fields, rate.name)


def _header_fields(rate: WindowRate, left: int, wait_s: int, *, passes: bool) -> list[tuple[bytes, bytes]]:
    """The header fields of draft-ietf-httpapi-ratelimit-headers, and Retry-After for whom it is too much."""
    fields = [
        (b"ratelimit-policy", f'"{rate.name}";q={rate.per_minute};w=60'.encode()),
        (b"ratelimit", f'"{rate.name}";r={left};t={wait_s}'.encode()),
    ]
    return fields if passes else [*fields, (b"retry-after", str(wait_s).encode())]
