"""The whole app behind its edge, in this process, on a real home and database; Dagster's code server is away."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine
from starlette.routing import Router

from contracts.access import Caller, Role
from contracts.auth import AuthUnavailable
from contracts.paging import PageRequest
from core.records import RoundOpened
from resources.audit import AuditTable
from resources.dagster.host import DagsterHost
from resources.dagster.keys import LaunchKeys
from resources.dagster.launches import DagsterLaunches
from resources.house import House
from resources.lake.specs import add_records, pinned_spec
from resources.launch import record_judges
from resources.rounds import export_pending
from services.auth.keys import KeyRing
from services.auth.module import AuthModule
from tests.resources.admin.conftest import make
from tests.resources.conftest import house
from tests.serving import asked_over_http
from wiring.database import open_database
from wiring.doors import Doors
from wiring.events import Events
from wiring.house import utc_now
from wiring.house_keys import house_keys
from wiring.keeping import keepers_of
from wiring.parts import Parts
from wiring.profile import ProfileRoom
from wiring.watching import build_watching

__all__ = ["house"]
ORIGIN = "http://127.0.0.1:3999"
NAME = "tip-bench-walked"


@dataclass
class Served:
    """The app; `tokens` and `sessions` hold a bearer token or a session's secret a person."""

    app: Any
    house: House
    auth: AuthModule
    database: Engine
    profile: ProfileRoom
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
        """As the door finds it."""
        found = self.auth.by_bearer(self.tokens[person])
        assert found is not None
        return found

    def outcomes(self) -> list[tuple[str, str]]:
        """(operation, outcome) of the audit log, oldest first."""
        page = AuditTable(self.database).page(PageRequest(first=1000))
        return [(entry.operation, entry.outcome) for entry in reversed(page.rows)]


@pytest.fixture
def way() -> str:
    """How the doors ask auth: here, or over HTTP; files of conformance tests say both."""
    return "here"


@pytest.fixture
def served(house: House, tmp_path: Path, way: str) -> Iterator[Served]:
    """One published experiment with a round for each of two judges, whose folders are written."""
    make(house, NAME)
    record_judges(house, NAME, ["bert"])
    opened = [RoundOpened(f"round-{judge}", judge, "tester", house.now()) for judge in ("anna", "bert")]
    add_records(house.home, NAME, opened)
    export_pending(house, pinned_spec(house.home, NAME))
    database = open_database(house.home, None)
    auth = AuthModule(database, KeyRing(house.home.keys), clock=time.time)
    host = DagsterHost(house.home, tmp_path / "away.sock")
    launches = DagsterLaunches(house, host, LaunchKeys(database, utc_now), archived=lambda _: False)
    keys = house_keys(house.home)
    bus = Events(database, keys.sealer).bus
    profile = ProfileRoom(house.home, database, auth, bus, keys.sealer, keepers_of(database, auth, keys))
    watching = build_watching(house.home, {}, database)
    wall = ExitStack()
    asked = None if way == "here" else wall.enter_context(asked_over_http("auth", auth, time.time, AuthUnavailable))
    if asked is not None:
        asked.remembered = lambda *_: None
    doors = Doors(
        Parts(
            house=house,
            database=database,
            auth=auth,
            launches=launches,
            profile=profile,
            origin=ORIGIN,
            watching=watching,
            asked=asked,
        )
    )
    router = Router(doors.routes())
    paths = {route.path for route in router.routes}  # type: ignore[attr-defined]  # all have one
    served = Served(doors.edge(router), house, auth, database, profile, paths)
    people = (("admin", Role.ADMIN, None), ("user", Role.USER, None), ("anna", Role.JUDGE, "anna"))
    for person, role, judge in (*people, ("bert", Role.JUDGE, "bert")):
        served.tokens[person] = auth.issue_token(role, 3600, judge)
    served.sessions["other"] = auth.redeem(auth.invite(Role.USER, None, "tester").secret).secret
    with wall:
        yield served
    database.dispose()
    host.close()
