"""A module that is added by one entry has everything that the others have, here and in a process of its own."""

import asyncio
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZipFile

import pytest
import sqlalchemy as sa
from starlette.routing import Router

import wiring.modules
from contracts.access.caller import Role
from contracts.modules.events import Event, TipRatedV1
from contracts.refusals import Forbidden
from contracts.routes import Security
from kit.times import utc_now
from resources.home import Home
from resources.rpc.internal_tokens import ACTING, Principal, signing_key
from resources.sql.engine import open_engine
from services.gateway.rest.openapi import document
from tests.deadline import DEADLINE_S
from tests.serving import serving
from tests.structure.sources import ROOT
from tests.wiring.conftest import Served
from tests.wiring.modules.sample.declaration import LIVES
from tests.wiring.modules.sample.notes import COUNTS
from tests.wiring.modules.sample_command import with_sample
from wiring.keys import home_keys, missing_keys
from wiring.modules import declared_routes, remote_names, schema_names
from wiring.modules.context import check_modules, new_id
from wiring.modules.events import Events
from wiring.modules.remote import build_rpc_endpoint
from wiring.modules.retention import policies, prune
from wiring.modules.running import RunningModules
from wiring.server.endpoints import Endpoints
from wiring.settings import Settings, SettingsError, read_project_file, read_settings

PATH = "/v1/sample/notes"


@dataclass
class Sampled:
    """The server with the sample in it, and its delivery of events."""

    served: Served
    settings: Settings
    events: Events
    modules: RunningModules

    def add(self, text: str, **headers: str) -> Any:
        """Write a note down as `other`, who signed in just now."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.served.ask("POST", PATH, "other", json={"text": text}, headers=named)

    @property
    def user(self) -> str:
        """Whose notes these are."""
        caller = self.served.auth.by_session(self.served.sessions["other"])
        assert caller is not None
        return caller.subject


@pytest.fixture
def entry(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one entry."""
    monkeypatch.setattr(wiring.modules, "MODULES", with_sample())


@contextmanager
def alone(home: Home, at: Path, **environ: str) -> Iterator[subprocess.Popen[str]]:
    """`tipbench serve sample` in a process of its own, which listens at a socket."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("TIPBENCH")}
    given = {**others, "TIPBENCH_HOME": str(home.root), "TIPBENCH_PROJECT": str(home.root), **environ}
    command = [sys.executable, "-m", "tests.wiring.modules.sample_command", "serve", "sample", "--socket", str(at)]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=ROOT, env=given, **pipes) as process:
        late = threading.Timer(DEADLINE_S, process.kill)
        late.start()
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            assert said == f"sample on unix:{at}; Ctrl-C stops it\n", process.communicate()
            _until_it_listens(at)
            late.cancel()
            yield process
            process.terminate()
            assert process.wait(DEADLINE_S) == 0
        finally:
            late.cancel()
            process.kill()


def _until_it_listens(at: Path) -> None:
    until = time.monotonic() + DEADLINE_S
    while True:
        with socket.socket(socket.AF_UNIX) as probe:
            if probe.connect_ex(str(at)) == 0:
                return
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.fixture(params=["here", "served", "alone"])
def sampled(
    entry: None,  # noqa: ARG001  # the entry is there before the server is built
    served: Served,
    request: pytest.FixtureRequest,
) -> Iterator[Sampled]:
    """The whole server; the sample is in it, behind its endpoint, or in a process of its own."""
    home, keys = served.bench.home, home_keys(served.bench.home)
    (home.root / "tipbench.toml").write_text('[sample]\nprefix_env = "TIPBENCH_SAMPLE_PREFIX"\nlongest = 20\n')
    environ = {"TIPBENCH_HOME": str(home.root), "TIPBENCH_SAMPLE_PREFIX": "~"}
    settings = read_settings(environ, home.root, None)
    with ExitStack() as wall:
        elsewhere = {}
        if request.param != "here":
            signing_key(home)
        if request.param == "served":
            place = wall.enter_context(serving(build_rpc_endpoint("sample", settings)))
            elsewhere = {"sample": f"unix:{place.socket}"}
        if request.param == "alone":
            at = Path(wall.enter_context(TemporaryDirectory(prefix="tipbench-"))) / "sample.sock"
            wall.enter_context(alone(home, at, TIPBENCH_SAMPLE_PREFIX="~"))
            elsewhere = {"sample": f"unix:{at}"}
        events = Events(served.database, keys.sealer)
        modules = RunningModules(
            home,
            served.database,
            served.auth,
            events.bus,
            keys.sealer,
            elsewhere=elsewhere,
            tables=settings.module_settings,
            variables=settings.keys,
        )
        events.consume(*modules.consumers)
        endpoints = Endpoints(replace(served.container, modules=modules))
        served.app = endpoints.edge(Router(endpoints.routes()))
        yield Sampled(served, settings, events, modules)


def test_its_routes_are_served_by_its_record(sampled: Sampled) -> None:
    """Bodies, repeats, ETag, audit rows, the window of its own, its section and its place in metrics."""
    first = sampled.add("milk", idempotency_key="note-1")
    again = sampled.add("milk", idempotency_key="note-1")
    assert (first.status_code, first.json(), again.content) == (201, {"notes": ["~milk"]}, first.content)
    assert again.headers["idempotency-replayed"] == "true"
    bad = sampled.served.ask("POST", PATH, "other", json={"txt": "x"})
    assert (bad.status_code, bad.json()["code"]) == (422, "INVALID_INPUT")
    assert sampled.served.outcomes() == [("addNote", "done"), ("addNote", "INVALID_INPUT")]
    assert (bad.headers["ratelimit"].split(";")[:2], sampled.add("tea").status_code) == (['"notes"', "r=0"], 429)
    read = sampled.served.ask("GET", PATH, "other")
    assert read.json() == {"notes": ["~milk"]}
    assert sampled.served.ask("GET", PATH, "other", headers={"if-none-match": read.headers["etag"]}).status_code == 304
    assert sampled.served.ask("GET", PATH, "user").json() == {"notes": []}
    assert sampled.served.ask("GET", PATH).status_code == 401
    section = sampled.served.ask("GET", "/v1/home", "other").json()["sections"]["sample"]
    assert (section["status"], section["data"]) == ("ok", {"notes": 1})
    assert PATH in sampled.served.ask("GET", "/metrics", "admin").text


def test_it_is_described(sampled: Sampled) -> None:
    """With its records under the names it gives them; what it declares is answered as described."""
    described = sampled.served.ask("GET", "/openapi.json", "other").json()
    assert described == json.loads(json.dumps(document(declared_routes(), schema_names())))
    assert set(described["paths"][PATH]) == {"get", "post"}
    post = described["paths"][PATH]["post"]
    assert post["responses"]["201"]["content"] == {
        "application/json": {"schema": {"$ref": "#/components/schemas/AllNotes"}}
    }
    assert {"400", "401", "403", "408", "409", "413", "415", "422", "429", "503"} <= set(post["responses"])
    assert {"AllNotes", "Note"} <= set(described["components"]["schemas"])


def test_its_events_rows_and_users_are_those_of_every_module(sampled: Sampled) -> None:
    """A rating becomes a note; it is exported, erased with a receipt, pruned in time and looked at by doctor."""
    user, saga = sampled.user, sampled.modules.erasure.saga
    assert sampled.add("milk").status_code == 201
    assert dict(check_modules(sampled.settings))["sample notes"] == ""
    assert "sample-ratings" in {lag.consumer for lag in sampled.events.lag()}
    LIVES.clear()

    async def story() -> list[str]:
        async with sampled.events.life(), sampled.modules.life():
            data = TipRatedV1(decision="d", rating=4)
            event = Event(id=new_id(), source="/t", time=utc_now(), data=data, user=user)
            with sampled.served.database.begin() as connection:
                sampled.events.bus.publish(connection, event)
            await _until(lambda: all(lag.complete and not lag.waiting for lag in sampled.events.lag()))
            with sampled.modules.erasure.archives.export(user) as file, ZipFile(file) as archive:
                lines = archive.read("sample/sample_notes.jsonl").decode().splitlines()
            erasure = await asyncio.to_thread(saga.erase, user, "self")
            assert "sample" in erasure.waiting
            await _until(lambda: all(each.done_at for each in saga.erasures()))
        return [json.loads(line)["text"] for line in lines]

    assert asyncio.run(story()) == ["~milk", "rated 4"]
    assert LIVES == ["began", "ended"]
    assert sampled.served.auth.user(user) is None
    sampled.served.ask("POST", PATH, "user", json={"text": "tea"})
    retention = policies(sampled.settings, sampled.served.database)
    assert prune(sampled.served.database, retention, time.time())["sample_notes"] == 0
    assert prune(sampled.served.database, retention, time.time() + 2 * 86_400)["sample_notes"] == 1


async def _until(holds: Any) -> None:
    until = time.monotonic() + DEADLINE_S
    while not await asyncio.to_thread(holds):
        assert time.monotonic() < until
        await asyncio.sleep(0.02)


@pytest.mark.parametrize("sampled", ["served"], indirect=True)
def test_elsewhere_a_user_gets_their_own(sampled: Sampled) -> None:
    """The module itself refuses what concerns another user, whatever the gateway sends."""
    ACTING.set(Principal("user-1", "USER"))
    try:
        with pytest.raises(Forbidden):
            sampled.modules.service("sample").notes("user-2")
    finally:
        ACTING.set(Principal())


def test_every_declared_route_refuses_by_its_role(sampled: Sampled) -> None:
    """Nobody is 401, and whoever is below the role 403, for every route that callers alone are let into."""
    seen = set()
    for spec in (each for each in declared_routes() if each.security is Security.CALLER):
        path = re.sub(r"{(\w+)}", lambda found: {"purpose": "improve"}.get(found[1], "x"), spec.path)
        assert sampled.served.ask(spec.method, path).status_code == 401, spec.operation
        if spec.role > Role.USER:
            assert sampled.served.ask(spec.method, path, "user").status_code == 403, spec.operation
            seen.add(spec.operation)
    assert "GET /v1/profile/erasures" in seen


def test_its_settings_bound_it(sampled: Sampled) -> None:
    """As its table of tipbench.toml says, in whichever process it is."""
    refused = sampled.add("x" * 20)
    assert (refused.status_code, refused.json()["path"]) == (422, ["text"])
    assert sampled.add("x" * 19).status_code == 201


def test_its_worker_runs_where_its_service_is(sampled: Sampled, request: pytest.FixtureRequest) -> None:
    """Once, however often it steps; in the process of its own, or in this one while that serves."""
    sampled.add("milk")
    way = request.node.callspec.params["sampled"]

    def counted() -> set[tuple[int, bool]]:
        with sampled.served.database.connect() as connection:
            found = connection.execute(sa.select(COUNTS.c.notes, COUNTS.c.process))
            return {(row.notes, row.process == os.getpid()) for row in found}

    async def story() -> None:
        async with sampled.modules.life():
            if way != "served":  # an endpoint of a test has no process, and so no workers
                await _until(lambda: (1, way == "here") in counted())

    asyncio.run(story())
    assert {here for _, here in counted()} == ({way == "here"} if way != "served" else set())


def test_its_process_migrates_a_home_that_has_none_of_it(tmp_path: Path) -> None:
    """The first process that serves it makes its tables, and those of the others."""
    home = Home(tmp_path / "home")
    home.root.mkdir()
    signing_key(home)
    with TemporaryDirectory(prefix="tipbench-") as folder, alone(home, Path(folder) / "sample.sock"):
        engine = open_engine(f"sqlite:///{home.database}")
        assert {"sample_notes", "sample_counts", "auth_users"} <= set(sa.inspect(engine).get_table_names())
        engine.dispose()


@pytest.mark.parametrize("line", ['longest = "x"', "largest = 3", "[other]"])
def test_a_wrong_setting_is_named(entry: None, tmp_path: Path, line: str) -> None:  # noqa: ARG001  # the entry is there
    """By its table and key and its line; a table that no module has is refused as before."""
    file = tmp_path / "tipbench.toml"
    file.write_text(f"[sample]\n{line}\n")
    with pytest.raises(SettingsError) as raised:
        read_project_file(file)
    assert raised.value.path[0] in {"sample.longest", "sample.largest", "other"}
    assert str(file) in str(raised.value)


def test_its_key_is_rotated_by_the_command(tmp_path: Path) -> None:
    """`tipbench keys rotate` has what the record names, and prints what it says; the old key stays."""
    home = Home(tmp_path / "home")
    before = home.secret("sample")
    given = {**os.environ, "TIPBENCH_HOME": str(home.root)}
    command = [sys.executable, "-m", "tests.wiring.modules.sample_command", "keys", "rotate", "sample"]
    found = subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, timeout=DEADLINE_S, check=True)
    assert found.stdout == "sample 2\n"
    assert home.secret("sample") != before


def test_the_command_line_and_the_settings_know_it(
    entry: None,  # noqa: ARG001  # the entry is there
    served: Served,
) -> None:
    """`tipbench serve` offers it, `[modules]` takes its address, and its secret is among the home's keys."""
    assert remote_names() == ["auth", "profile", "sample"]
    file = served.bench.home.root / "tipbench.toml"
    file.write_text('[modules]\nsample = "unix:/run/x.sock"\n')
    assert read_project_file(file).modules == {"sample": "unix:/run/x.sock"}
    file.write_text('[modules]\nnotifier = "unix:/run/x.sock"\n')
    with pytest.raises(SettingsError, match="use any of auth, profile, sample"):
        read_project_file(file)
    assert "sample" in missing_keys(served.bench.home, {})
