"""Spans, at a real receiver."""

import pytest

from contracts.telemetry import CallRecord
from contracts.trace import Trace
from resources.telemetry.spans import Spans
from tests.resources.telemetry.receiver import receiving, said
from tests.resources.telemetry.request_records import request_record

TRACE, CLIENT, OURS, STEP = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", "ab" * 8, "cd" * 8


def test_a_request_and_its_calls_arrive() -> None:
    """With the ids that the edge gave, inside the client's trace; attributes are template and status."""
    with receiving() as receiver:
        spans = Spans(receiver.url, "0.1.0")
        step = Trace(TRACE, STEP, "01", OURS)
        spans.on_call(CallRecord(name="home tips", outcome="TIMEOUT", began_ns=20, took_s=1e-9, trace=step))
        spans.on_request(
            request_record(
                status=503, error="KeyError", began_ns=10, took_s=1e-6, trace=Trace(TRACE, OURS, "01", CLIENT)
            )
        )
        spans.close()
    call, request = receiver.spans
    assert {each.trace_id.hex() for each in receiver.spans} == {TRACE}
    assert (request.span_id.hex(), request.parent_span_id.hex()) == (OURS, CLIENT)
    assert (call.span_id.hex(), call.parent_span_id.hex()) == (STEP, OURS)
    assert (request.name, request.start_time_unix_nano, request.end_time_unix_nano) == ("GET /v1/home", 10, 1010)
    assert said(request) == {
        "http.request.method": "GET",
        "http.route": "/v1/home",
        "http.response.status_code": 503,
        "tipbench.request_id": "id-1",
        "error.type": "KeyError",
    }
    assert (said(call), request.status.code) == ({"tipbench.outcome": "TIMEOUT"}, 2)
    assert receiver.paths == ["/v1/traces"]


def test_a_trace_that_begins_here_has_no_parent_and_an_unsampled_one_is_not_sent() -> None:
    """The client's choice not to record is kept."""
    with receiving() as receiver:
        spans = Spans(receiver.url, "0.1.0")
        spans.on_request(request_record(trace=Trace(TRACE, OURS)))
        spans.on_request(request_record(trace=Trace(TRACE, STEP, "00", CLIENT)))
        spans.close()
    assert [(each.span_id.hex(), each.parent_span_id) for each in receiver.spans] == [(OURS, b"")]


@pytest.mark.slow
def test_a_receiver_that_is_away_costs_nobody_anything(caplog: pytest.LogCaptureFixture) -> None:
    """What cannot be sent is dropped, closing ends, and the log does not say where it was to go."""
    with receiving() as receiver:
        url = receiver.url
    spans = Spans(url, "0.1.0")
    spans.on_request(request_record())
    spans.close()
    assert receiver.spans == []
    assert url not in caplog.text
