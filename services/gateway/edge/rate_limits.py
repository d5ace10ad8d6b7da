"""Rate limits: moving windows by user, or by address for unknown callers."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from contracts.access.caller import Caller
from contracts.routes import Rate, RouteSpec
from services.gateway.edge.moving_windows import MovingWindows


@dataclass(frozen=True)
class WindowRate:
    """`per_minute` requests of a method ("" for all) on paths that begin with `prefix`; headers show its `name`.

    An `exact` one counts that path alone, before any other, and names its method. With `failures` only those count that
    were refused, once they were: what proves itself, such as a link, is looked at however many others proved nothing.
    """

    name: str
    prefix: str
    per_minute: int
    method: str = ""
    failures: bool = False
    exact: bool = False


def rates_of(specs: Iterable[RouteSpec]) -> tuple[WindowRate, ...]:
    """Return the windows that routes declare, in the order in which they are to be tried: the closest fit first.

    Whatever no route's own path begins like counts in the windows that cover what lies beneath theirs.
    """
    declared = [(spec.rate, spec) for spec in specs if spec.rate is not None]
    own = [_own(rate, spec) for rate, spec in declared]
    rates = dict.fromkeys(rate for rate, _ in declared if rate.under)
    under = [WindowRate(rate.name, rate.under, rate.per_minute, failures=rate.failures) for rate in rates]
    return tuple(sorted((*own, *under), key=lambda each: (not each.exact, -len(each.prefix))))


def _own(rate: Rate, spec: RouteSpec) -> WindowRate:
    prefix, _, rest = spec.path.partition("{")
    return WindowRate(rate.name, prefix, rate.per_minute, spec.method, rate.failures, exact=not rest)


@dataclass(frozen=True)
class Counted:
    """A counted request: whether it passes, the rate-limit headers, and the rate that applied."""

    passes: bool
    headers: list[tuple[bytes, bytes]]
    name: str = ""


PASSES = Counted(passes=True, headers=[])


class RateLimits:
    """The windows of one process."""

    def __init__(self, rates: tuple[WindowRate, ...]) -> None:
        self._exact = {(rate.method, rate.prefix): rate for rate in reversed(rates) if rate.exact}
        self._beneath = [rate for rate in rates if not rate.exact]
        self._windows = MovingWindows()

    def applies(self, method: str, path: str) -> bool:
        """Return whether requests of this method and path are counted at all."""
        return self._found(method, path) is not None

    def counts_failures(self, method: str, path: str) -> bool:
        """Return whether requests of this method and path count when they were refused."""
        found = self._found(method, path)
        return found is not None and found.failures

    def count(self, method: str, path: str, caller: Caller | None, address: str) -> Counted:
        """Count one request of a user, or of an address without one, and return whether it passes."""
        found = self._found(method, path)
        return PASSES if found is None or found.failures else self._hit(found, caller, address)

    def count_failure(self, method: str, path: str, caller: Caller | None, address: str) -> Counted:
        """Count one request that was refused, where failures are counted, and return whether it may be told why."""
        found = self._found(method, path)
        return PASSES if found is None or not found.failures else self._hit(found, caller, address)

    def _found(self, method: str, path: str) -> WindowRate | None:
        """Return the first window that fits; HEAD counts as the GET that it is."""
        method = "GET" if method == "HEAD" else method
        exact = self._exact.get((method, path))
        if exact is not None:
            return exact
        for rate in self._beneath:
            if path.startswith(rate.prefix) and rate.method in {"", method}:
                return rate
        return None

    def _hit(self, rate: WindowRate, caller: Caller | None, address: str) -> Counted:
        who = f"user:{caller.subject}" if caller else f"address:{address}"
        passes, left, wait_s = self._windows.hit(f"{rate.name} {rate.per_minute} {who}", rate.per_minute)
        return Counted(passes, _header_fields(rate, left, max(1, math.ceil(wait_s)), passes=passes), rate.name)


def _header_fields(rate: WindowRate, left: int, wait_s: int, *, passes: bool) -> list[tuple[bytes, bytes]]:
    """The header fields of draft-ietf-httpapi-ratelimit-headers, and Retry-After for whom it is too much."""
    fields = [
        (b"ratelimit-policy", f'"{rate.name}";q={rate.per_minute};w=60'.encode()),
        (b"ratelimit", f'"{rate.name}";r={left};t={wait_s}'.encode()),
    ]
    return fields if passes else [*fields, (b"retry-after", str(wait_s).encode())]
