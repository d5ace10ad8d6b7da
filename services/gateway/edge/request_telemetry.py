"""Records each request once, when its response has ended, and passes it to the telemetry."""

import logging
from collections.abc import Callable, Sequence
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contracts.access.caller import Caller
from contracts.telemetry import CallRecord, RequestRecord, TelemetrySink
from contracts.trace import Trace
from services.gateway.edge.edge_answers import REQUEST_ID
from services.gateway.edge.middleware import CALLER, DEFECT, LIMITED
from services.gateway.edge.refusal_pace import PACED
from services.gateway.edge.route_templates import Templates
from services.gateway.edge.trace_context import TRACE

CUT_OFF = 499
"""What is written down for a request whose client went away before an answer began."""
log = logging.getLogger("tipbench.watched")


class RequestTelemetry:
    """Wraps the edge; `now_ns` is Unix time in nanoseconds, `steady` a monotonic clock in seconds."""

    def __init__(
        self,
        edge: ASGIApp,
        sink: TelemetrySink,
        templates: Templates,
        *,
        now_ns: Callable[[], int],
        steady: Callable[[], float],
    ) -> None:
        self._edge, self._sink, self._templates = edge, sink, templates
        self._now_ns, self._steady = now_ns, steady

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on, and tell afterwards."""
        if scope["type"] not in {"http", "websocket"}:
            await self._edge(scope, receive, send)
            return
        began_ns, began = self._now_ns(), self._steady()
        status, answered_s = 0, None

        async def sending(message: Message) -> None:
            nonlocal status, answered_s
            if answered_s is None:
                status, answered_s = _status_of(message), self._steady() - began
            await send(message)

        failed: str | None = None
        try:
            await self._edge(scope, receive, sending)
        except Exception as error:
            failed = type(error).__name__
            raise
        finally:
            took_s = self._steady() - began
            self._sink.on_request(
                RequestRecord(
                    method="WEBSOCKET" if scope["type"] == "websocket" else scope["method"],
                    route=self._templates.of(scope["path"]),
                    status=status or CUT_OFF,
                    began_ns=began_ns,
                    answered_s=took_s if answered_s is None else answered_s,
                    took_s=took_s,
                    request_id=scope[REQUEST_ID],
                    trace=_trace(scope),
                    subject=_subject(scope),
                    limited=scope.get(LIMITED),
                    error=scope.get(DEFECT) or failed,
                    paced=scope.get(PACED, False),
                )
            )


class TelemetryFanOut:
    """Implements contracts.telemetry.TelemetrySink: passes records to several sinks; a failure is only logged."""

    def __init__(self, sinks: Sequence[TelemetrySink]) -> None:
        self._sinks = sinks

    def on_request(self, request: RequestRecord) -> None:
        """Pass the request to each sink."""
        for sink in self._sinks:
            self._report(sink.on_request, request)

    def on_call(self, call: CallRecord) -> None:
        """Pass the call to each sink."""
        for sink in self._sinks:
            self._report(sink.on_call, call)

    def _report(self, one: Callable[[Any], None], what: Any) -> None:
        try:
            one(what)
        except Exception as error:  # noqa: BLE001  # watching fails no request
            log.error("a watcher failed: %s", type(error).__name__)  # noqa: TRY400  # no values


def _status_of(message: Message) -> int:
    if message["type"].endswith("http.response.start"):
        status: int = message["status"]
        return status
    return 101 if message["type"] == "websocket.accept" else 403


def _trace(scope: Scope) -> Trace:
    found: Trace = scope[TRACE]
    return found


def _subject(scope: Scope) -> str | None:
    caller: Caller | None = scope.get(CALLER)
    return caller.subject if caller else None
