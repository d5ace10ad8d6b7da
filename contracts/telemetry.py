"""What telemetry receives: each request once, and each call that it made to a module."""

from typing import Protocol

import msgspec

from contracts.trace import Trace


class RequestRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One request after its answer; never an address, a query, a header's value or a body.

    `method` is WEBSOCKET for a socket. `route` is a template such as `/api/bench/runs/{experiment}`. `began_ns` is Unix
    time in nanoseconds; `answered_s` passed until the answer began, `took_s` until it ended. `subject` is a user id,
    `limited` the rate limit that refused it, `error` the class of a defect; `paced` says that it was one of many
    refusals, which came faster than they are answered.
    """

    method: str
    route: str
    status: int
    began_ns: int
    answered_s: float
    took_s: float
    request_id: str
    trace: Trace
    subject: str | None = None
    limited: str | None = None
    error: str | None = None
    paced: bool = False


class CallRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One call of a module on a request's behalf; `outcome` is `ok` or a code that never changes."""

    name: str
    outcome: str
    began_ns: int
    took_s: float
    trace: Trace


class TelemetrySink(Protocol):
    """Receives records synchronously, so it must be quick; it never fails a request."""

    def on_request(self, request: RequestRecord) -> None:
        """Record one answered request."""
        ...

    def on_call(self, call: CallRecord) -> None:
        """Record one call of a module."""
        ...
