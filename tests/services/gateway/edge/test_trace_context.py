"""Trace context."""

import pytest

from contracts.trace import Trace
from services.gateway.edge.trace_context import trace_of

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


def random_bytes(count: int) -> bytes:
    """The same bytes always."""
    return b"\x01" * count


@pytest.mark.parametrize(
    ("header", "flags"),
    [(f"00-{TRACE}-{SPAN}-01", "01"), (f"00-{TRACE}-{SPAN}-fe", "00"), (f"cc-{TRACE}-{SPAN}-01-x", "01")],
)
def test_a_trace_is_taken_over(header: str, flags: str) -> None:
    """Its id stays, the span is ours, of the flags only the sampled one; later versions may say more."""
    found = trace_of(header, random_bytes)
    assert found == Trace(TRACE, "01" * 8, flags, SPAN)
    assert str(found) == f"00-{TRACE}-{'01' * 8}-{flags}"


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        f"00-{TRACE}-{SPAN}",
        f"00-{TRACE}-{SPAN}-01-more",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-01\n",
        f"00-{TRACE}-{SPAN}-01, 00-{TRACE}-{SPAN}-01",
    ],
)
def test_what_is_no_trace_begins_a_new_one(header: str | None) -> None:
    """Absent, malformed, all zeros, twice."""
    assert trace_of(header, random_bytes) == Trace("01" * 16, "01" * 8)
