"""The telemetry of a server: log lines always, metrics at their endpoint, spans where a receiver is named."""

import sys
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

import sqlalchemy as sa
from starlette.routing import Router

from contracts.telemetry import TelemetrySink
from resources.home import Home
from resources.telemetry.log_lines import RequestLines, logging_to
from resources.telemetry.metrics import Lags, Metrics
from services.gateway.edge.middleware import EdgeMiddleware
from services.gateway.edge.request_telemetry import RequestTelemetry, TelemetryFanOut
from services.gateway.edge.route_templates import Templates
from services.gateway.rest.metrics import SHORTEST, MetricsEndpoint
from wiring.keys import METRICS_SECRET, metrics_secret
from wiring.settings import Settings, SettingsError

if TYPE_CHECKING:
    from resources.telemetry.spans import Spans

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"


@dataclass(frozen=True)
class Telemetry:
    """Built once by the server; `close` flushes what is pending."""

    sink: TelemetrySink
    endpoint: MetricsEndpoint
    close: Callable[[], None]

    def around(self, edge: EdgeMiddleware, app: Router) -> RequestTelemetry:
        """Return the edge with its requests recorded; `app` is the application behind the edge."""
        return RequestTelemetry(edge, self.sink, Templates(app.routes), now_ns=time.time_ns, steady=time.perf_counter)


def log_opened(settings: Settings, name: str) -> AbstractContextManager[None]:
    """Return the log of a process: `logs/NAME.jsonl` of the home, or standard error where `[up] log_to` says so."""
    file = settings.home.root / "logs" / f"{name}.jsonl" if settings.up.log_to == "file" else None
    return logging_to(file, sys.stderr, settings.up.log_level)


def build_telemetry(
    home: Home, environ: Mapping[str, str], database: sa.Engine | None, lags: Lags | None = None
) -> Telemetry:
    """Build telemetry; `lags` says how far delivery is behind.

    Raise SettingsError for a secret or endpoint of no use.
    """
    metrics, spans = Metrics(database, lags), _spans(environ)
    sinks: list[TelemetrySink] = [RequestLines(), metrics]
    if spans is not None:
        sinks.append(spans)
    close = spans.close if spans is not None else lambda: None
    return Telemetry(TelemetryFanOut(sinks), MetricsEndpoint(metrics.text, _secret(home, environ)), close)


def _secret(home: Home, environ: Mapping[str, str]) -> str:
    given = environ.get(METRICS_SECRET)
    if given and len(given.strip()) < SHORTEST:
        raise SettingsError(
            f"{METRICS_SECRET} is too short: give at least {SHORTEST} characters, or unset it", (METRICS_SECRET,)
        )
    return metrics_secret(home, environ)


def _spans(environ: Mapping[str, str]) -> "Spans | None":
    endpoint = environ.get(ENDPOINT)
    if not endpoint:
        return None
    if not endpoint.startswith(("http://", "https://")):
        raise SettingsError(
            f"{ENDPOINT} is no address of a receiver: give one such as http://127.0.0.1:4318", (ENDPOINT,)
        )
    from resources.telemetry.spans import Spans

    return Spans(endpoint, version("tipbench"))
