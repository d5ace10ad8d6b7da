"""Requests as the edge tells of them."""

from typing import Any

from contracts.telemetry import RequestRecord
from contracts.trace import Trace


def request_record(**given: Any) -> RequestRecord:
    """Return a usual request's record with these fields changed."""
    usual: dict[str, Any] = {"method": "GET", "route": "/v1/home", "status": 200, "request_id": "id-1"}
    usual |= {"began_ns": 1, "answered_s": 0.001, "took_s": 0.0025, "trace": Trace("ab" * 16, "cd" * 8)}
    return RequestRecord(**usual | given)
