"""A home that an earlier version left goes on: nothing is requested twice, bytes stay, users are who they were."""

import json
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from contracts.modules.profile import Purpose
from resources.home import Home
from tests.conftest import POSTGRESQL
from tests.deadline import DEADLINE_S
from tests.golden.home_2.make import CATALOG, DESIGN
from tests.postgresql import Cluster, programs
from tests.story.peers.golden_users import PROFILE, modules
from tests.story.peers.model_server import ModelServer
from tests.story.peers.project import Project, make_project
from wiring.database import open_database

pytestmark = pytest.mark.slow
GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "home_2"
EXPECTED: dict[str, Any] = json.loads((GOLDEN / "expected.json").read_text())


@pytest.fixture
def old_project(tmp_path: Path, used_home: Path, server: ModelServer) -> Project:
    """The kept home with new databases of Dagster and MLflow, and a catalog that names today's server."""
    project = make_project(tmp_path, used_home, server.url)
    (project.folder / "catalog" / "models.toml").write_text(CATALOG.replace("{url}", server.url))
    shutil.copytree(GOLDEN / "home", project.home, dirs_exist_ok=True)
    return project


@pytest.mark.parametrize("name", ["tip-bench-half", "tip-bench-taped"])
def test_a_run_that_was_killed_goes_on(old_project: Project, server: ModelServer, name: str) -> None:
    """No answered request is sent again, and every generation has its row in the end."""
    old_project("run", name)
    answered = EXPECTED[name]["answered"]
    assert set(server.requested) & set(answered) == set()
    assert len(server.requested) == server.requested.total() == EXPECTED[name]["all"] - len(answered)
    tips = old_project("tips", name, "--format", "json").json()
    assert len({(tip["prompt"], tip["scenario_id"], tip["tip_index"]) for tip in tips}) == EXPECTED[name]["all"]
    requests = server.requested.total()
    assert old_project("run", name).code == 0
    assert server.requested.total() == requests


def test_a_tape_answers_a_new_experiment(old_project: Project, server: ModelServer) -> None:
    """What was recorded before is replayed under another name; what was not is asked once."""
    old_project("run", "tip-bench-again", "--models", "taped", *DESIGN)
    assert set(server.requested) & set(EXPECTED["tip-bench-taped"]["answered"]) == set()
    assert server.requested.total() == EXPECTED["tip-bench-taped"]["all"] - len(EXPECTED["tip-bench-taped"]["answered"])


def test_an_open_export_is_taken(old_project: Project, server: ModelServer) -> None:
    """Tips and leaderboard are as they were, to the last digit; the other half of the answers completes them."""
    name = "tip-bench-open"
    assert _has_all(old_project("tips", name, "--format", "json").json(), EXPECTED[name]["tips"])
    assert _has_all(old_project("leaderboard", name, "--format", "json").json(), EXPECTED[name]["leaderboard"])
    candidates = old_project.home / "lake" / name / "candidates"
    before = (candidates / "manifest.json").read_bytes()
    shutil.rmtree(candidates)
    old_project("run", name)
    assert server.requested.total() == 0
    assert (candidates / "manifest.json").read_bytes() == before
    assert _has_all(old_project("tips", name, "--format", "json").json(), EXPECTED[name]["tips"])
    old_project("import", name, str(GOLDEN / "second.jsonl"))
    after = old_project("leaderboard", name, "--format", "json").json()
    assert {(cell["n_pending"], cell["coverage"], cell["provisional"]) for cell in after} == {(0, 1.0, False)}


@pytest.fixture(params=["sqlite", POSTGRESQL])
def old_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Home, str | None, dict[str, str]]]:
    """The kept home with its database restored: home, address and the credentials that it holds."""
    home = Home(tmp_path / "home")
    shutil.copytree(GOLDEN / "home", home.root)
    signing = EXPECTED["signing_key"]
    (home.keys / signing["name"]).write_text(_pem(signing["body"]))
    if request.param == "sqlite":
        with sqlite3.connect(home.database) as connection:
            connection.executescript((GOLDEN / "sqlite.sql").read_text())
        connection.close()
        yield home, None, EXPECTED["sqlite"]
        return
    cluster: Cluster = request.getfixturevalue("cluster")
    found = programs()
    assert found is not None
    name = "tipbench_kept"
    cluster.run(f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name}")
    where: list[str | Path] = ["-h", cluster.folder.parent, "-U", "postgres", name]
    command = [found / "psql", "-q", "-v", "ON_ERROR_STOP=1", *where, "-f", GOLDEN / "postgresql.sql"]
    subprocess.run(command, check=True, capture_output=True, timeout=DEADLINE_S)
    try:
        yield home, cluster.url(name), EXPECTED["postgresql"]
    finally:
        cluster.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def test_users_of_a_kept_database_are_who_they_were(old_database: tuple[Home, str | None, dict[str, str]]) -> None:
    """Session, token, sealed profile and the chained consent count after today's migrations."""
    home, url, held = old_database
    engine = open_database(home, url)
    try:
        opened = modules(home, engine)
        caller = opened.auth.by_session(held["session"])
        assert caller is not None
        assert caller.subject == held["user"]
        judge = opened.auth.by_bearer(held["token"])
        assert judge is not None
        assert judge.judge == "anna"
        stored = opened.profile.profile(held["user"])
        assert (stored.profile, stored.version) == (PROFILE, 1)
        assert opened.profile.allows(held["user"], next(iter(Purpose)))
        assert opened.profile.chain_of(held["user"]) == 1
        with engine.connect() as connection:
            assert connection.execute(sa.text("SELECT count(*) FROM events_outbox")).scalar_one() == 1
    finally:
        engine.dispose()


def _pem(body: str) -> str:
    """The key file, whose marks are not kept so that no scanner takes it for a lost secret."""
    kind = "PRIVATE " + "KEY"
    return f"-----BEGIN {kind}-----\n{body}\n-----END {kind}-----\n"


def _has_all(found: list[dict[str, Any]], expected: list[dict[str, Any]]) -> bool:
    """Whether every row has the fields it had, with their values; more fields are no fault."""
    return len(found) == len(expected) and all(
        {field: row.get(field) for field in old} == old for row, old in zip(found, expected, strict=True)
    )
