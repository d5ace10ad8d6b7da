"""Telemetry of the whole server: planted strings that must appear nowhere, metrics, traces up to the outbox."""

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router

from contracts.modules.events import VOCABULARY, Event, SessionRevokedV1
from contracts.paging import PageRequest
from kit.times import utc_now
from resources.dagster.host import DagsterHost
from resources.privacy.user_key_file import UserKeyFile
from resources.privacy.user_keys import UserKeys
from resources.sql.audit_log import AuditTable
from resources.telemetry.log_lines import logging_to
from services.events.envelope import Codec
from services.events.outbox import OutboxBus
from services.events.tables import OUTBOX
from services.gateway.edge.middleware import EdgeMiddleware
from tests.resources.telemetry.receiver import Receiver, receiving, said
from tests.wiring.conftest import NAME, ORIGIN, Served
from wiring.container import Container
from wiring.keys import METRICS_SECRET
from wiring.launches import build_launches
from wiring.modules.traced_bus import TracedBus
from wiring.server.endpoints import Endpoints
from wiring.server.telemetry import ENDPOINT, build_telemetry
from wiring.settings import SettingsError

CANARY = "kanarienvogel"
CLIENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@dataclass
class WatchedServer:
    """The running server, watched in every way: spans, log lines, console and metrics."""

    served: Served
    app: Any
    spans: Receiver
    log: Path
    console: io.StringIO
    metrics: str = ""
    planted: list[str] = field(default_factory=list)

    def ask(self, method: str, path: str, person: str | None = None, **given: Any) -> httpx.Response:
        """One request."""
        return replace(self.served, app=self.app).ask(method, path, person, **given)

    def logged(self) -> str:
        """All of the log, once its lines are written."""
        for handler in logging.getLogger().handlers:
            handler.flush()
        return self.log.read_text("utf-8")

    def plant(self) -> str:
        """Another string that must appear nowhere."""
        self.planted.append(f"{CANARY}-{len(self.planted):03}")
        return self.planted[-1]


@pytest.fixture
def watched(served: Served, tmp_path: Path) -> Iterator[WatchedServer]:
    """The endpoints of `served` again and two more, with a receiver of spans: one has a defect, one publishes."""
    host = DagsterHost(served.bench.home, tmp_path / "gone.sock")
    launches = build_launches(served.bench, host, served.database)
    keys = UserKeys(UserKeyFile(tmp_path / "keys.db"), b"k" * 32)
    codec = Codec(keys, VOCABULARY)
    bus = TracedBus(OutboxBus(codec, clock=lambda: 1.0))

    async def fail(request: Request) -> Response:
        raise KeyError((await request.body()).decode())

    def publish(_: Request) -> Response:
        event = Event(id="e1", source="tests", time=utc_now(), data=SessionRevokedV1(credential="c1", reason="test"))
        with served.database.begin() as connection:
            bus.publish(connection, event)
        return Response()

    log, console = tmp_path / "server.jsonl", io.StringIO()
    with receiving() as spans, logging_to(log, console, "debug"):
        telemetry = build_telemetry(served.bench.home, {ENDPOINT: spans.url}, served.database)
        container = Container(
            bench=served.bench,
            database=served.database,
            auth=served.auth,
            launches=launches,
            modules=served.modules,
            origin=ORIGIN,
            telemetry=telemetry,
        )
        endpoints = Endpoints(container)
        routes = [*endpoints.routes(), Route("/fail", fail, methods=["POST"]), Route("/publish", publish)]
        found = WatchedServer(served, endpoints.edge(Router(routes)), spans, log, console)
        yield found
        telemetry.close()
    host.close()
    keys.close()
    assert_nowhere(found)


def assert_nowhere(found: WatchedServer) -> None:
    """No planted string in log, console, spans, metrics or audit rows; and something was written to each."""
    audit = AuditTable(found.served.database).page(PageRequest(first=1000)).rows
    written = {
        "log": found.logged(),
        "console": found.console.getvalue(),
        "spans": b"".join(found.spans.raw).decode("latin-1"),
        "metrics": found.metrics,
        "audit": str(audit),
    }
    assert [(where, each) for where, text in written.items() for each in found.planted if each in text] == []
    if found.planted:
        assert [where for where, text in written.items() if not text] == []


def test_planted_strings_appear_nowhere(watched: WatchedServer, caplog: pytest.LogCaptureFixture) -> None:
    """In headers, query, path, body and an exception's text; the request lines say what was asked all the same."""
    plant = watched.plant
    headers = {"authorization": f"Bearer {plant()}", "user-agent": plant(), "referer": f"http://x/?{plant()}"}
    headers |= {"traceparent": plant(), "x-forwarded-for": plant(), "accept": plant(), "webhook-signature": plant()}
    for path in (f"/v1/home?code={plant()}", f"/{plant()}", f"/uploads/{plant()}", f"/api/bench/runs/{plant()}"):
        watched.ask("GET", path, headers=headers)
        watched.ask("GET", path, headers={"cookie": f"tipbench_session={plant()}; other={plant()}"})
        watched.ask("GET", path, "admin")
    body = {"experiment": plant(), "models": [plant()], "baseline": plant()}
    assert watched.ask("POST", "/api/bench/run", "admin", json=body).status_code == 422
    known = {"experiment": "tip-bench-new", "models": [plant()]}
    watched.ask("POST", f"/api/bench/run?{plant()}", "admin", json=known, headers={"idempotency-key": "key-1"})
    assert watched.ask("POST", "/fail", "admin", content=plant().encode()).status_code == 500
    watched.ask("PUT", f"/uploads/{plant()}", content=plant().encode())
    watched.ask("POST", "/webhooks/judge", content=plant().encode(), headers={"webhook-id": plant()})
    for path in ("/auth/callback/google", "/auth/authorize", "/auth/sign-in/google"):
        watched.ask("GET", f"{path}?code={plant()}&state={plant()}&client_id={plant()}")
        watched.ask("POST", path, content=f"code={plant()}&id_token={plant()}&refresh_token={plant()}".encode())
    watched.ask("PUT", "/v1/profile", "user", json={"name": plant()}, headers={"if-match": "*", "idempotency-key": "k"})
    watched.ask("PUT", "/v1/profile", "user", json={"name": 7, plant(): plant()}, headers={"if-match": plant()})
    watched.ask("POST", "/auth/link", json={"secret": plant()}, headers={"origin": ORIGIN, "x-tipbench": "1"})
    mutation = f'mutation {{ archiveExperiment(name: "My {plant()}") {{ __typename }} }}'
    watched.ask("POST", "/graphql", "admin", json={"query": mutation, "variables": {"x": plant()}})
    watched.ask("POST", "/graphql", "admin", json={"query": f"{{ {plant()} }}"})
    alias = plant().replace("-", "_")
    watched.planted.append(alias)
    unknown = f'query {alias} {{ {alias}: leaderboard(experiment: "tip-bench-none") {{ {alias}: snapshot }} }}'
    assert "NOT_FOUND" in watched.ask("POST", "/graphql", "admin", json={"query": unknown}).text
    watched.metrics = watched.ask("GET", "/metrics", "admin").text
    lines = [json.loads(line) for line in watched.logged().splitlines()]
    seen = {(line["method"], line["route"], line["status"]) for line in lines if line["event"] == "request"}
    assert {("GET", "/uploads/{token}", 405), ("GET", "unmatched", 404), ("POST", "/fail", 500)} <= seen
    assert {line["user"] for line in lines if line["event"] == "request"} >= {
        None,
        watched.served.caller("admin").subject,
    }
    assert "request_seconds" in watched.metrics
    assert caplog.records


def test_libraries_loggers_are_held_to_the_same(watched: WatchedServer) -> None:
    """aiohttp, uvicorn, SQLAlchemy, nats and asyncio, with values, texts made at run time and exceptions."""
    plant = watched.plant
    for name in ("aiohttp.access", "uvicorn.error", "uvicorn.access", "nats.aio.client", "sqlalchemy.engine.Engine"):
        logger = logging.getLogger(name)
        logger.warning("served %s in %d ms", plant(), 3)
        logger.warning(f"GET /?{plant()}")  # noqa: G004  # what some packages do
        logger.error("failed", exc_info=KeyError(plant()))
    engine = sa.create_engine("sqlite://", echo=False)
    statements = logging.getLogger("sqlalchemy.engine.Engine")
    statements.setLevel(logging.INFO)
    try:
        with engine.connect() as connection:
            connection.execute(sa.text("SELECT :x"), {"x": plant()}).all()
    finally:
        statements.setLevel(logging.NOTSET)
    engine.dispose()

    async def forget() -> None:
        async def fail() -> None:
            raise KeyError(plant())

        asyncio.get_running_loop().call_exception_handler(
            {"message": f"lost {plant()}", "exception": KeyError(plant()), "task": asyncio.current_task()}
        )
        await asyncio.gather(fail(), return_exceptions=True)

    asyncio.run(forget())
    watched.ask("GET", f"/api/bench/runs/{NAME}?{plant()}", "admin")
    watched.metrics = watched.ask("GET", "/metrics", "admin").text
    text = watched.logged()
    assert all(name in text for name in ("aiohttp.access", "nats.aio.client", "asyncio"))
    assert "served … in 3 ms" in text


def test_a_trace_goes_from_the_click_to_the_outbox_row(watched: WatchedServer) -> None:
    """The client's trace id is in the answer, the span, the log line and the event that the request caused."""
    answer = watched.ask("GET", "/publish?code=1", "admin", headers={"traceparent": CLIENT})
    ours = answer.headers["traceparent"]
    assert (ours[:35], ours[36:52] == CLIENT[36:52]) == (CLIENT[:35], False)
    with watched.served.database.connect() as connection:
        body = connection.execute(sa.select(OUTBOX.c.body)).scalar_one()
    assert json.loads(body)["traceparent"] == ours
    lines = [json.loads(line) for line in watched.logged().splitlines()]  # one of another thread may be the last
    assert [line["trace"] for line in lines if line["event"] == "request"] == [CLIENT[3:35]]


def test_spans_are_sent_where_the_user_said(served: Served) -> None:
    """A server span a request, with template and status alone, in the client's trace."""
    with receiving() as spans:
        telemetry = build_telemetry(served.bench.home, {ENDPOINT: spans.url}, served.database)
        endpoints = Endpoints(replace(served.container, telemetry=None))
        edge = endpoints.edge(Router(endpoints.routes()))
        assert isinstance(edge, EdgeMiddleware)
        one = replace(served, app=telemetry.around(edge, Router([])))
        one.ask("GET", "/v1/home?code=1", "admin", headers={"traceparent": CLIENT})
        telemetry.close()
    assert [each.trace_id.hex() for each in spans.spans] == [CLIENT[3:35]]
    assert set(said(spans.spans[0])) == {
        "http.request.method",
        "http.route",
        "http.response.status_code",
        "tipbench.request_id",
    }


def test_without_an_endpoint_nothing_of_it_is_built(served: Served) -> None:
    """No exporter, no thread; an address that is none and a short secret are refused by name."""
    build_telemetry(served.bench.home, {}, served.database).close()
    for environ in ({ENDPOINT: "collector:4318"}, {METRICS_SECRET: "short"}):
        with pytest.raises(SettingsError, match=next(iter(environ))) as refused:
            build_telemetry(served.bench.home, environ, None)
        assert refused.value.path == tuple(environ)


def test_metrics_are_for_admins_and_the_scraper(served: Served) -> None:
    """By role, by the secret of the home, and by nothing else."""
    secret = (served.bench.home.keys / "metrics").read_text().strip()
    people = {person: served.ask("GET", "/metrics", person).status_code for person in (None, "user", "anna", "admin")}
    assert people == {None: 401, "user": 403, "anna": 403, "admin": 200}
    for shown, status in ((secret, 200), (secret[:-1], 401), ("", 401)):
        assert served.ask("GET", "/metrics", headers={"authorization": f"Bearer {shown}"}).status_code == status
    text = served.ask("GET", "/metrics", "admin").text
    assert 'tipbench_requests_total{method="GET",route="/metrics",status="401"}' in text
    assert all(served.caller(person).subject not in text for person in served.tokens)
