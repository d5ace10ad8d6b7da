"""Who watches the served house: log lines always, metrics behind their door, spans where an endpoint is named."""

import sys
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

import sqlalchemy as sa
from starlette.routing import Route, Router

from contracts.watching import Watcher
from resources.home import Home
from resources.watching.lines import RequestLines, logging_to
from resources.watching.metrics import Lags, Metrics
from services.gateway.edge import Edge
from services.gateway.metrics import SHORTEST, MetricsDoor
from services.gateway.templates import Templates
from services.gateway.watched import Everybody, Watched
from wiring.house_keys import METRICS_SECRET, metrics_secret
from wiring.settings import Settings, SettingsError

if TYPE_CHECKING:
    from resources.watching.spans import Spans

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"


@dataclass(frozen=True)
class Watching:
    """Built once by the server; `close` sends what is left."""

    watcher: Watcher
    door: Route
    close: Callable[[], None]

    def around(self, edge: Edge, app: Router) -> Watched:
        """The edge, watched; `app` is what stands behind it."""
        return Watched(edge, self.watcher, Templates(app.routes), now_ns=time.time_ns, steady=time.perf_counter)


def log_opened(settings: Settings, name: str) -> AbstractContextManager[None]:
    """The log of a process: `logs/NAME.jsonl` of the home, or standard error where `[up] log_to` says so."""
    file = settings.home.root / "logs" / f"{name}.jsonl" if settings.up.log_to == "file" else None
    return logging_to(file, sys.stderr, settings.up.log_level)


def build_watching(
    home: Home, environ: Mapping[str, str], database: sa.Engine | None, lags: Lags | None = None
) -> Watching:
    """`lags` says how far delivery is behind; SettingsError for a secret or an endpoint that cannot be used."""
    metrics, spans = Metrics(database, lags), _spans(environ)
    watchers: list[Watcher] = [RequestLines(), metrics]
    if spans is not None:
        watchers.append(spans)
    close = spans.close if spans is not None else lambda: None
    return Watching(Everybody(watchers), MetricsDoor(metrics.text, _secret(home, environ)).route(), close)


def _secret(home: Home, environ: Mapping[str, str]) -> str:
    given = environ.get(METRICS_SECRET)
    if given and len(given.strip()) < SHORTEST:
        raise SettingsError(f"{METRICS_SECRET} is too short: give at least {SHORTEST} characters, or unset it")
    return metrics_secret(home, environ)


def _spans(environ: Mapping[str, str]) -> "Spans | None":
    endpoint = environ.get(ENDPOINT)
    if not endpoint:
        return None
    if not endpoint.startswith(("http://", "https://")):
        raise SettingsError(f"{ENDPOINT} is no address of a receiver: give one such as http://127.0.0.1:4318")
    from resources.watching.spans import Spans

    return Spans(endpoint, version("tipbench"))
