"""Sends spans over OTLP to the endpoint that the user configured; nothing of this is loaded without one."""

from collections.abc import Mapping

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, TraceFlags, set_span_in_context
from opentelemetry.trace.status import Status, StatusCode

from contracts.telemetry import CallRecord, RequestRecord
from contracts.trace import Trace

FLUSH_MS = 3_000


class GivenIds(IdGenerator):
    """The ids that the edge has chosen already; set right before a span is made, by the one thread that makes them."""

    def __init__(self) -> None:
        self.trace_id, self.span_id = 1, 1

    def generate_trace_id(self) -> int:
        """Return the trace's id as given."""
        return self.trace_id

    def generate_span_id(self) -> int:
        """Return the step's id as given."""
        return self.span_id


class Spans:
    """Implements contracts.telemetry.TelemetrySink: a span for each request and call, never a query or a body.

    Sent in the background in batches; what cannot be sent is dropped.
    """

    def __init__(self, endpoint: str, version: str) -> None:
        self._ids = GivenIds()
        resource = Resource.create({"service.name": "tipbench", "service.version": version})
        self._provider = TracerProvider(resource=resource, id_generator=self._ids, shutdown_on_exit=False)
        exporter = OTLPSpanExporter(endpoint=endpoint.rstrip("/") + "/v1/traces", timeout=5)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("tipbench.edge", version)

    def on_request(self, request: RequestRecord) -> None:
        """Record a span of the kind server."""
        attributes: dict[str, str | int] = {
            "http.request.method": request.method,
            "http.route": request.route,
            "http.response.status_code": request.status,
            "tipbench.request_id": request.request_id,
        }
        if request.error is not None:
            attributes["error.type"] = request.error
        name = f"{request.method} {request.route}"
        failed = request.status >= 500
        self._span(name, request.trace, request.began_ns, request.took_s, attributes, SpanKind.SERVER, failed=failed)

    def on_call(self, call: CallRecord) -> None:
        """Record a span inside the request's."""
        attributes = {"tipbench.outcome": call.outcome}
        self._span(call.name, call.trace, call.began_ns, call.took_s, attributes, SpanKind.INTERNAL, failed=False)

    def close(self) -> None:
        """Send what is left, for at most 3 seconds."""
        self._provider.force_flush(FLUSH_MS)
        self._provider.shutdown()

    def _span(
        self,
        name: str,
        trace: Trace,
        began_ns: int,
        took_s: float,
        attributes: Mapping[str, str | int],
        kind: SpanKind,
        *,
        failed: bool,
    ) -> None:
        if trace.flags != "01":
            return
        self._ids.trace_id, self._ids.span_id = int(trace.trace_id, 16), int(trace.span_id, 16)
        above = None
        if trace.parent is not None:
            flags = TraceFlags(TraceFlags.SAMPLED)
            place = SpanContext(self._ids.trace_id, int(trace.parent, 16), is_remote=True, trace_flags=flags)
            above = set_span_in_context(NonRecordingSpan(place))
        span = self._tracer.start_span(name, context=above, kind=kind, attributes=attributes, start_time=began_ns)
        if failed:
            span.set_status(Status(StatusCode.ERROR))
        span.end(began_ns + int(took_s * 1e9))
