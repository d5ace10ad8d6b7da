"""Metrics."""

from collections.abc import Sequence

import sqlalchemy as sa
from prometheus_client.parser import text_string_to_metric_families

from contracts.modules.events import Lag
from contracts.telemetry import CallRecord, RequestRecord
from resources.telemetry.metrics import METHODS, Metrics
from tests.resources.telemetry.request_records import request_record


def values(metrics: Metrics) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Every sample by name and labels, as a scraper reads them."""
    families = text_string_to_metric_families(metrics.text().decode())
    return {
        (each.name, tuple(sorted(each.labels.items()))): each.value for family in families for each in family.samples
    }


def test_requests_and_refusals_are_counted() -> None:
    """By method, template and status; what the rate limit refused by its name."""
    metrics = Metrics()
    for request in (
        request_record(),
        request_record(),
        request_record(status=429, limited="app"),
        request_record(method="WEBSOCKET", status=101),
    ):
        metrics.on_request(request)
    found = values(metrics)
    at = (("method", "GET"), ("route", "/v1/home"))
    assert found["tipbench_requests_total", (*at, ("status", "200"))] == 2
    assert found["tipbench_rate_limited_total", (("rate", "app"),)] == 1
    assert found["tipbench_request_seconds_count", at] == 3


def test_labels_stay_few() -> None:
    """Whatever users, ids and methods come, the number of series does not grow."""
    metrics, sizes = Metrics(), []
    for many in (20, 400):
        for number in range(many):
            metrics.on_request(request_record(method=f"M{number}", subject=f"u-{number}", request_id=f"id-{number}"))
        metrics.on_call(
            CallRecord(name="home tips", outcome="ok", began_ns=1, took_s=0.1, trace=request_record().trace)
        )
        sizes.append(len(values(metrics)))
    assert sizes[0] == sizes[1]
    text = metrics.text().decode()
    assert ("u-1" in text, "id-1" in text, 'method="OTHER"' in text) == (False, False, True)
    assert "OTHER" not in METHODS


def test_delivery_and_pool_are_asked_when_scraped() -> None:
    """Lag by consumer, connections by state; a store that is away takes nothing else along."""
    engine, away = sa.create_engine("sqlite:///file::memory:?uri=true"), False

    def lags() -> Sequence[Lag]:
        if away:
            raise sa.exc.OperationalError("select", {}, Exception("away"))
        return [Lag(consumer="signal-log", waiting=3, dead=1, oldest_s=2.5)]

    metrics = Metrics(engine, lags)
    with engine.connect():
        found = values(metrics)
    who = (("consumer", "signal-log"),)
    assert [found[f"tipbench_events_{name}", who] for name in ("waiting", "dead", "oldest_seconds")] == [3, 1, 2.5]
    away = True
    metrics.on_request(request_record())
    found = values(metrics)
    assert ("tipbench_events_waiting", who) not in found
    assert any(name == "tipbench_requests_total" for name, _ in found)
    engine.dispose()


def test_a_pool_is_told_by_state() -> None:
    """Used while a connection is out, idle when it is back."""
    engine = sa.create_engine("sqlite://", poolclass=sa.QueuePool)
    metrics = Metrics(engine)
    state = "tipbench_database_connections"
    with engine.connect():
        assert values(metrics)[state, (("state", "used"),)] == 1
    assert values(metrics)[state, (("state", "idle"),)] == 1
    engine.dispose()


def test_a_request_is_a_contract() -> None:
    """What metrics are told has no address, header or body to leak."""
    assert {"path", "query", "headers", "body", "url"} & set(RequestRecord.__struct_fields__) == set()
