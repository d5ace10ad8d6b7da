"""The place of a request in its trace, for what passes it on: events, calls to modules, logs."""

from contextvars import ContextVar

import msgspec


class Trace(msgspec.Struct, frozen=True):
    """One step's place in a trace, in hex; `parent` is the step that asked for it, None where the trace begins here."""

    trace_id: str
    span_id: str
    flags: str = "01"
    parent: str | None = None

    def __str__(self) -> str:
        """Return the trace as a `traceparent` header states it."""
        return f"00-{self.trace_id}-{self.span_id}-{self.flags}"


TRACEPARENT: ContextVar[str | None] = ContextVar("tipbench.traceparent", default=None)
"""The `traceparent` of what is being answered; threads that answer for a request have it too."""
