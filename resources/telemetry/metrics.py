"""Metrics for Prometheus: requests, refusals, delivery and the database's pool, with few labels by design."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from contracts.modules.events import Lag
from contracts.telemetry import CallRecord, RequestRecord

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "WEBSOCKET"})
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
Lags = Callable[[], Sequence[Lag]]


class Metrics:
    """Implements contracts.telemetry.TelemetrySink; labels are templates, methods, statuses, codes, our names."""

    def __init__(self, engine: sa.Engine | None = None, lags: Lags | None = None) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._requests = Counter(
            "tipbench_requests", "Requests answered.", ("method", "route", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "tipbench_request_seconds",
            "Until the answer began.",
            ("method", "route"),
            buckets=SECONDS,
            registry=self._registry,
        )
        self._limited = Counter(
            "tipbench_rate_limited", "Requests that were one too many.", ("rate",), registry=self._registry
        )
        self._calls = Counter(
            "tipbench_module_calls", "Calls of modules for a request.", ("name", "outcome"), registry=self._registry
        )
        if lags is not None:
            self._registry.register(DeliveryCollector(lags))
        if engine is not None:
            self._registry.register(PoolCollector(engine))
        self._of_kind: dict[tuple[str, str, int], tuple[Counter, Histogram | None]] = {}

    def on_request(self, request: RequestRecord) -> None:
        """Count the request by method, route and status, with its time."""
        count, seconds = self._kind(request.method, request.route, request.status)
        count.inc()
        if seconds is not None:
            seconds.observe(request.answered_s)
        if request.limited is not None:
            self._limited.labels(request.limited).inc()

    def on_call(self, call: CallRecord) -> None:
        """Count the call by name and outcome."""
        self._calls.labels(call.name, call.outcome).inc()

    def _kind(self, method: str, route: str, status: int) -> tuple[Counter, Histogram | None]:
        """Return what counts requests of a kind, and what their times, of which sockets have none.

        The library would look both up anew, with three locks, for each request.
        """
        method = method if method in METHODS else "OTHER"
        found = self._of_kind.get((method, route, status))
        if found is None:
            timed = self._seconds.labels(method, route) if method != "WEBSOCKET" else None
            found = self._of_kind[method, route, status] = (self._requests.labels(method, route, str(status)), timed)
        return found

    def text(self) -> bytes:
        """Return all metrics as Prometheus reads them; queries the database."""
        return generate_latest(self._registry)


class DeliveryCollector(Collector):
    """How far each consumer of events is behind; without values while the store is unavailable."""

    def __init__(self, lags: Lags) -> None:
        self._lags = lags

    def describe(self) -> Iterator[Any]:
        """Yield the names of the metrics, without a query."""
        yield from self._families()

    def collect(self) -> Iterator[Any]:
        """Yield the metrics, one value for each consumer."""
        try:
            lags = self._lags()
        except (sa.exc.SQLAlchemyError, OSError):
            lags = []
        families = self._families()
        for lag in lags:
            for family, value in zip(families, (lag.waiting, lag.dead, lag.oldest_s), strict=True):
                family.add_metric([lag.consumer], value)
        yield from families

    def _families(self) -> tuple[GaugeMetricFamily, ...]:
        return (
            GaugeMetricFamily("tipbench_events_waiting", "Events to be tried.", labels=["consumer"]),
            GaugeMetricFamily("tipbench_events_dead", "Events given up.", labels=["consumer"]),
            GaugeMetricFamily("tipbench_events_oldest_seconds", "Age of the oldest waiting.", labels=["consumer"]),
        )


class PoolCollector(Collector):
    """The number of open connections to the one database."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def describe(self) -> Iterator[Any]:
        """Yield the same as `collect`."""
        yield from self.collect()

    def collect(self) -> Iterator[Any]:
        """Yield the numbers of connections in use and idle."""
        pool = self._engine.pool
        found = GaugeMetricFamily("tipbench_database_connections", "Connections held.", labels=["state"])
        if isinstance(pool, sa.QueuePool):
            found.add_metric(["used"], pool.checkedout())
            found.add_metric(["idle"], pool.checkedin())
        yield found
