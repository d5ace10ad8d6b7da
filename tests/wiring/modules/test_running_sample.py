"""A module that is added by one entry has everything that the others have, here and in a process of its own."""

import asyncio
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from zipfile import ZipFile

import pytest

from contracts.access.caller import Role
from contracts.modules.events import Event, TipRatedV1
from contracts.routes import Security
from kit.times import utc_now
from resources.home import Home
from services.gateway.rest.openapi import document
from tests.deadline import DEADLINE_S
from tests.structure.sources import ROOT
from tests.wiring.conftest import Served
from tests.wiring.modules.sample.running import PATH, Sampled, settled
from wiring.keys import make_keys, missing_keys
from wiring.modules import declared_routes, remote_names, schema_names
from wiring.modules.context import check_modules, new_id
from wiring.modules.retention import parts as retained_parts
from wiring.modules.retention import policies, prune, prune_parts
from wiring.settings import SettingsError, read_project_file


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

    def parts() -> list[str]:
        return sampled.served.bench.home.storage.blobs.list("sample/lengths")

    assert sampled.add("milk").status_code == 201
    assert dict(check_modules(sampled.settings))["sample notes"] == ""
    assert "sample-ratings" in {lag.consumer for lag in sampled.events.lag()}

    async def story() -> list[str]:
        async with sampled.events.life(), sampled.modules.life():
            data = TipRatedV1(decision="d", rating=4)
            event = Event(id=new_id(), source="/t", time=utc_now(), data=data, user=user)
            with sampled.served.database.begin() as connection:
                sampled.events.bus.publish(connection, event)
            await settled(lambda: all(lag.complete and not lag.waiting for lag in sampled.events.lag()))
            with sampled.modules.erasure.archives.export(user) as file, ZipFile(file) as archive:
                lines = archive.read("sample/sample_notes.jsonl").decode().splitlines()
                assert archive.read("sample/sample_lengths.jsonl") == b'{"length":5}\n'
            assert len(parts()) == 1
            erasure = await asyncio.to_thread(saga.erase, user, "self")
            assert "sample" in erasure.waiting
            await settled(lambda: all(each.done_at for each in saga.erasures()))
        return [json.loads(line)["text"] for line in lines]

    assert asyncio.run(story()) == ["~milk", "rated 4"]
    assert parts() == []
    assert sampled.served.auth.user(user) is None
    sampled.served.ask("POST", PATH, "user", json={"text": "tea"})
    retention = policies(sampled.settings, sampled.served.database)
    assert prune(sampled.served.database, retention, time.time())["sample_notes"] == 0
    assert prune(sampled.served.database, retention, time.time() + 2 * 86_400)["sample_notes"] == 1
    retained = retained_parts(sampled.settings, sampled.served.database)
    assert [prune_parts(retained, time.time() + days * 86_400)["sample_lengths"] for days in (29, 31)] == [0, 1]


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
    command = [sys.executable, "-m", "tests.wiring.modules.sample.command", "keys", "rotate", "sample"]
    found = subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, timeout=DEADLINE_S, check=True)
    assert found.stdout == "sample 2\n"
    assert home.secret("sample") != before


def test_the_command_line_and_the_settings_know_it(
    entry: None,  # noqa: ARG001  # the entry is there
    served: Served,
) -> None:
    """`tipbench serve` offers it, `[modules]` takes its address, and its secret is among the home's keys."""
    assert remote_names() == ["auth", "profile", "serving", "recommender", "integrations", "notifier", "sample"]
    file = served.bench.home.root / "tipbench.toml"
    file.write_text('[modules]\nsample = "unix:/run/x.sock"\n')
    assert read_project_file(file).modules == {"sample": "unix:/run/x.sock"}
    file.write_text('[modules]\ngateway = "unix:/run/x.sock"\n')
    with pytest.raises(
        SettingsError, match="use any of auth, profile, serving, recommender, integrations, notifier, sample"
    ):
        read_project_file(file)
    home = served.bench.home
    assert {"sample", "sample-pair"} <= set(missing_keys(home, {}))
    assert {"sample", "sample-pair"} <= set(make_keys(home, {}))
    assert missing_keys(home, {}) == []
