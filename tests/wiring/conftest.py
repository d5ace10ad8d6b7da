"""The whole app behind its edge, in this process, on a real home and database; Dagster's code server is away."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine
from starlette.routing import Router

import resources.rpc.client
import wiring.modules.events
from api.limits.rate_limits import Buckets, TokenRate
from api.root import admin_schema
from contracts.access.caller import Caller, Role
from contracts.paging import PageRequest
from contracts.refusals import Unavailable
from core.benchmark.records import RoundOpened
from resources.bench_context import BenchContext
from resources.collect.judges import record_judges
from resources.dagster.host import DagsterHost
from resources.judging.import_export import export_pending
from resources.lake.specs import add_records, pinned_spec
from resources.sql.audit_log import AuditTable
from services.auth.module import AuthModule
from services.auth.tokens.signing_keys import KeyRing
from tests.deadline import DEADLINE_S
from tests.migrated_home import open_migrated
from tests.resources.admin.conftest import make
from tests.resources.conftest import bench
from tests.serving import served_over_http
from wiring.container import Container
from wiring.keys import home_keys
from wiring.launches import build_launches
from wiring.modules.events import Events
from wiring.modules.running import RunningModules
from wiring.server.endpoints import Endpoints
from wiring.server.telemetry import build_telemetry

__all__ = ["bench"]
ORIGIN = "http://127.0.0.1:3999"
NAME = "tip-bench-walked"


@dataclass
class Served:
    """The app; `tokens` and `sessions` hold a bearer token or a session's secret a person."""

    app: Any
    bench: BenchContext
    auth: AuthModule
    database: Engine
    modules: RunningModules
    container: Container
    paths: set[str] = field(default_factory=set)
    tokens: dict[str, str] = field(default_factory=dict)
    sessions: dict[str | None, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, person: str | None = None, **given: Any) -> httpx.Response:
        """One request as a person, whole."""
        headers = {**given.pop("headers", {})}
        if person in self.sessions:
            headers |= {"cookie": f"tipbench_session={self.sessions[person]}", "origin": ORIGIN, "x-tipbench": "1"}
        elif person is not None:
            headers["authorization"] = f"Bearer {self.tokens[person]}"

        async def go() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
                return await client.request(method, path, headers=headers, **given)

        return asyncio.run(go())

    def graphql(self, query: str, person: str | None = None, accept: str = "application/json", **variables: Any) -> Any:
        """The JSON answer to a document; of a stream, the text."""
        body = {"query": query, "variables": variables}
        answer = self.ask("POST", "/graphql", person, json=body, headers={"accept": accept})
        return answer.text if accept == "text/event-stream" else answer.json()

    def caller(self, person: str) -> Caller:
        """As the endpoint finds it."""
        found = self.auth.by_bearer(self.tokens[person])
        assert found is not None
        return found

    def outcomes(self) -> list[tuple[str, str]]:
        """(operation, outcome) of the audit log, oldest first."""
        page = AuditTable(self.database).page(PageRequest(first=1000))
        return [(entry.operation, entry.outcome) for entry in reversed(page.rows)]


@pytest.fixture(autouse=True)
def long_timeouts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A loaded machine makes a module slow, not away, and what was committed is delivered before the end."""
    monkeypatch.setattr(resources.rpc.client, "DEADLINE_S", DEADLINE_S)
    monkeypatch.setattr(wiring.modules.events, "DRAIN_S", DEADLINE_S)


@pytest.fixture
def way() -> str:
    """How the endpoints ask auth: here, or over HTTP; files of conformance tests say both."""
    return "here"


@pytest.fixture
def clock() -> Callable[[], float]:
    """The clock of auth, in Unix seconds."""
    return time.time


@pytest.fixture
def served(bench: BenchContext, tmp_path: Path, way: str, clock: Callable[[], float]) -> Iterator[Served]:
    """One published experiment with a round for each of two judges, whose folders are written."""
    make(bench, NAME)
    record_judges(bench, NAME, ["bert"])
    opened = [RoundOpened(f"round-{judge}", judge, "tester", bench.now()) for judge in ("anna", "bert")]
    add_records(bench.home, NAME, opened)
    export_pending(bench, pinned_spec(bench.home, NAME))
    database = open_migrated(bench.home, None)
    auth = AuthModule(database, KeyRing(bench.home.keys), clock=clock)
    host = DagsterHost(bench.home, tmp_path / "away.sock")
    launches = build_launches(bench, host, database)
    keys = home_keys(bench.home)
    bus = Events(database, keys.sealer).bus
    modules = RunningModules(bench.home, database, auth, bus, keys.sealer)
    telemetry = build_telemetry(bench.home, {}, database)
    wall = ExitStack()
    remote = None if way == "here" else wall.enter_context(served_over_http("auth", auth, time.time, Unavailable))
    if remote is not None:
        remote.cached = lambda *_: None
    container = Container(
        bench=bench,
        database=database,
        auth=auth,
        launches=launches,
        modules=modules,
        origin=ORIGIN,
        telemetry=telemetry,
        auth_client=remote,
    )
    schema = admin_schema()  # one a process; each app has buckets of its own, which a walk of all fields does not empty
    schema.guarding = replace(schema.guarding, buckets=Buckets(TokenRate(burst=10_000_000), time.monotonic))
    endpoints = Endpoints(container, panel=tmp_path / "no-panel")
    router = Router(endpoints.routes())
    paths = {route.path for route in router.routes}  # type: ignore[attr-defined]  # all have one
    served = Served(endpoints.edge(router), bench, auth, database, modules, container, paths)
    people = (("admin", Role.ADMIN, None), ("user", Role.USER, None), ("anna", Role.JUDGE, "anna"))
    for person, role, judge in (*people, ("bert", Role.JUDGE, "bert")):
        served.tokens[person] = auth.issue_token(role, 3600, judge)
    served.sessions["other"] = auth.redeem(auth.invite(Role.USER, None, "tester").secret).secret
    with wall:
        yield served
    database.dispose()
    host.close()
