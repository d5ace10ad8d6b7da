"""The telemetry around the edge."""

import asyncio
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router, WebSocketRoute
from starlette.websockets import WebSocket

from contracts.access.caller import Caller
from contracts.telemetry import CallRecord, RequestRecord
from contracts.trace import TRACEPARENT
from services.gateway.edge.middleware import EdgeMiddleware, EdgeRules
from services.gateway.edge.rate_limits import RateLimits, WindowRate
from services.gateway.edge.request_telemetry import CUT_OFF, RequestTelemetry, TelemetryFanOut
from services.gateway.edge.route_templates import Templates
from services.gateway.rest.home import ROUTES, HomeEndpoint
from tests.services.gateway.declared import routes_of
from tests.services.gateway.recording_app import ORIGIN, caller_of

CLIENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
FOUND: list[str | None] = []


class Notes:
    """Implements contracts.telemetry.TelemetrySink: keeps what it is told, and fails where it is told to."""

    def __init__(self, *, fails: bool = False) -> None:
        self.requests: list[RequestRecord] = []
        self.calls: list[CallRecord] = []
        self._fails = fails

    def on_request(self, request: RequestRecord) -> None:
        """Keep it."""
        if self._fails:
            raise KeyError("somebody's name")
        self.requests.append(request)

    def on_call(self, call: CallRecord) -> None:
        """Keep it."""
        self.calls.append(call)


async def fine(request: Request) -> Response:
    """Says which trace it is in, also in a thread."""
    FOUND[:] = [TRACEPARENT.get(), await asyncio.to_thread(TRACEPARENT.get)]
    return Response(request.path_params["name"])


async def fail(_: Request) -> Response:
    """A defect."""
    raise KeyError("somebody's name")


async def socket(websocket: WebSocket) -> None:
    """Greets."""
    await websocket.accept()
    await websocket.close()


async def tips(_: Caller, __: float) -> Any:
    """A module that notes its trace."""
    FOUND.append(TRACEPARENT.get())
    return {}


def watched(*sinks: Notes) -> RequestTelemetry:
    """An app behind the edge, watched; its clock stands at 5 ns."""
    home = HomeEndpoint({"tips": tips}, clock=lambda: 1.0, sink=TelemetryFanOut(sinks), now_ns=lambda: 5)
    routes = [
        Route("/fine/{name}", fine),
        Route("/fail", fail),
        WebSocketRoute("/ws", socket),
        *routes_of(ROUTES, home),
    ]
    ticks = iter(range(1000))

    async def found(scope: Any) -> Any:
        return caller_of(scope)

    edge = EdgeMiddleware(
        Router(routes),
        EdgeRules(frozenset({ORIGIN.partition("://")[2]})),
        authenticate=found,
        may_change=lambda *_: True,
        new_id=lambda: "made-here",
        rates=RateLimits((WindowRate("fine", "/fine/", 2),)),
    )
    return RequestTelemetry(
        edge, TelemetryFanOut(sinks), Templates(routes), now_ns=lambda: 5, steady=lambda: float(next(ticks))
    )


def ask(app: RequestTelemetry, *paths: str, **headers: str) -> list[int]:
    """Statuses of GETs in turn."""

    async def go() -> list[int]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=ORIGIN) as client:
            return [(await client.get(path, headers=headers)).status_code for path in paths]

    return asyncio.run(go())


def test_each_request_is_told_once() -> None:
    """With its template, status, times, ids and person; refusals and defects too."""
    notes = Notes()
    assert ask(watched(notes), "/fine/a?q=1", "/fail", "/none", **{"x-who": "user", "traceparent": CLIENT}) == [
        200,
        500,
        404,
    ]
    one, defect, unknown = notes.requests
    assert (one.method, one.route, one.status, one.began_ns) == ("GET", "/fine/{name}", 200, 5)
    assert (one.answered_s, one.took_s, one.subject, one.request_id) == (1.0, 2.0, "u-user", "made-here")
    assert (one.trace.trace_id, one.trace.parent) == (CLIENT[3:35], CLIENT[36:52])
    assert (defect.status, defect.error, unknown.route) == (500, "KeyError", "unmatched")
    assert "somebody" not in str(notes.requests)


def test_what_the_limit_refuses_is_told_by_its_name() -> None:
    """A misdirected request is told too, of nobody."""
    notes = Notes()
    assert ask(watched(notes), "/fine/a", "/fine/a", "/fine/b") == [200, 200, 429]
    assert [each.limited for each in notes.requests] == [None, None, "fine"]
    assert ask(watched(notes), "/fine/a", host="evil.example") == [421]
    assert (notes.requests[-1].status, notes.requests[-1].subject) == (421, None)


def test_the_trace_reaches_whoever_answers() -> None:
    """In the endpoint, in its threads, and in each module as a step of its own that is told."""
    notes = Notes()
    ask(watched(notes), "/fine/a", traceparent=CLIENT)
    assert set(FOUND) == {str(notes.requests[0].trace)}
    ask(watched(notes), "/v1/home", **{"x-who": "user", "traceparent": CLIENT})
    call = notes.calls[0]
    assert (call.name, call.outcome, call.trace.parent) == ("home tips", "ok", notes.requests[-1].trace.span_id)
    assert FOUND[-1] == str(call.trace)


def test_a_watcher_that_fails_fails_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """The others are told; its class is logged without its text."""
    notes = Notes()
    assert ask(watched(Notes(fails=True), notes), "/fine/a") == [200]
    assert len(notes.requests) == 1
    assert ("a watcher failed: KeyError" in caplog.text, "somebody" in caplog.text) == (True, False)


@pytest.mark.parametrize(("host", "status"), [(ORIGIN.partition("://")[2], 101), ("evil.example", 403)])
def test_sockets_are_told_at_their_end(host: str, status: int) -> None:
    """Accepted ones as 101, refused ones as 403."""
    notes, sent = Notes(), []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message["type"])

    scope = {"type": "websocket", "path": "/ws", "headers": [(b"host", host.encode())], "subprotocols": []}
    asyncio.run(watched(notes)(scope, receive, send))
    assert [(each.method, each.route, each.status) for each in notes.requests] == [("WEBSOCKET", "/ws", status)]


def test_a_client_that_goes_away_is_told_so() -> None:
    """Nothing was answered: 499."""
    notes = Notes()

    async def silent(scope: Any, receive: Any, send: Any) -> None:
        """An endpoint that says nothing."""

    edge = EdgeMiddleware(
        silent,
        EdgeRules(frozenset({"here"})),
        authenticate=lambda _: asyncio.sleep(0),
        may_change=lambda *_: True,
        new_id=lambda: "made-here",
    )
    app = RequestTelemetry(edge, notes, Templates([]), now_ns=lambda: 5, steady=lambda: 1.0)
    scope = {"type": "http", "method": "GET", "path": "/", "headers": [(b"host", b"here")], "query_string": b""}
    asyncio.run(app(scope, asyncio.Event().wait, lambda _: asyncio.sleep(0)))  # type: ignore[arg-type]  # never called
    assert notes.requests[0].status == CUT_OFF
