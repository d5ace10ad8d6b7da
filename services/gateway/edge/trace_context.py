"""W3C trace context: a request's trace, continued from the client or started here."""

import re
from collections.abc import Callable

from contracts.trace import Trace

TRACE = "tipbench.trace"
"""Key of the scope that holds the request's trace."""
_HEADER = re.compile(
    r"(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?", re.ASCII
)


def trace_of(header: str | None, random_bytes: Callable[[int], bytes]) -> Trace:
    """Return the client's trace with a span of our own; a new trace if the header is absent or malformed.

    Version 00 has exactly four fields; later ones may have more, which are ignored. `random_bytes(n)` returns n random
    bytes.
    """
    span = random_bytes(8).hex()
    found = _HEADER.fullmatch(header or "")
    if found is None or (found[1] == "00" and found[5] is not None):
        return Trace(random_bytes(16).hex(), span)
    return Trace(found[2], span, f"{int(found[4], 16) & 1:02x}", found[3])


def child_of(trace: Trace, random_bytes: Callable[[int], bytes]) -> Trace:
    """Return a trace context with a new span under `trace`'s span."""
    return Trace(trace.trace_id, random_bytes(8).hex(), trace.flags, trace.span_id)
