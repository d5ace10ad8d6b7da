"""How the served system is, on real parts that are there or away."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from contracts.modules.events import Lag
from contracts.refusals import Unavailable
from resources.dagster.host import DagsterHost
from resources.home import Home
from tests.migrated_home import open_migrated
from wiring.processes.health import ServedSystem


@pytest.fixture
def database(tmp_path: Path) -> sa.Engine:
    """That of a home of its own."""
    return open_migrated(Home(tmp_path), None)


def test_everything_is_looked_at(tmp_path: Path, database: sa.Engine) -> None:
    """Database, events and disk, the bytes of the disk, and versions; times come from the clock."""
    now = [100.0]
    system = ServedSystem(tmp_path, database, lambda: now[0], lag=lambda: [_lag()])
    now[0] = 200.0
    health = system.health()
    assert [(part.name, part.state) for part in health.parts] == [
        ("database", "fine"),
        ("events", "fine"),
        ("disk", "fine"),
    ]
    assert (health.since[:19], health.at[:19]) == ("1970-01-01T00:01:40", "1970-01-01T00:03:20")
    assert 0 < health.disk_free <= health.disk_total
    versions = {each.name: each.version for each in health.versions}
    assert versions["home format"] == "2"
    assert {"python", "tipbench", "dagster", "mlflow"} <= versions.keys()


def _lag(**given: object) -> Lag:
    usual = {"consumer": "signals", "waiting": 0, "dead": 0, "oldest_s": 0.0}
    return Lag(**{**usual, **given})  # type: ignore[arg-type]  # as each test says


@pytest.mark.parametrize(
    ("given", "state", "said"),
    [
        ({"dead": 2}, "wrong", "2 events could not be handled"),
        ({"waiting": 3, "oldest_s": 90.0}, "note", "signals"),
        ({"waiting": 3, "oldest_s": 5.0}, "fine", "none is behind"),
        ({"complete": False}, "wrong", "broker"),
    ],
)
def test_events_that_wait_or_were_given_up_are_said(
    tmp_path: Path, database: sa.Engine, given: dict[str, object], state: str, said: str
) -> None:
    """The worst of all consumers."""
    system = ServedSystem(tmp_path, database, lambda: 0.0, lag=lambda: [_lag(consumer="other"), _lag(**given)])
    part = next(each for each in system.health().parts if each.name == "events")
    assert part.state == state
    assert said in part.detail


def test_a_database_that_is_away_is_said(tmp_path: Path, database: sa.Engine) -> None:
    """Everything else is still looked at; of events nothing is known, for they lie there."""
    database.dispose()
    for file in tmp_path.glob("tipbench.db*"):
        file.unlink()
    (tmp_path / "tipbench.db").mkdir()

    def lag() -> list[Lag]:
        raise Unavailable("the store of events cannot be reached")

    health = ServedSystem(tmp_path, database, lambda: 0.0, lag=lag).health()
    assert [(part.name, part.state) for part in health.parts] == [
        ("database", "wrong"),
        ("events", "wrong"),
        ("disk", "fine"),
    ]
    assert list(health.consumers) == []


@pytest.mark.slow
def test_a_code_server_and_daemon_that_are_away_are_said(tmp_path: Path, database: sa.Engine) -> None:
    """Each with where its log is; the queue of runs is read without them."""
    host = DagsterHost(Home(tmp_path), tmp_path / "away.sock")
    try:
        found = {each.name: each for each in ServedSystem(tmp_path, database, lambda: 0.0, host).health().parts}
    finally:
        host.close()
    assert (found["code server"].state, found["daemon"].state, found["runs"].state) == ("wrong", "wrong", "fine")
    assert "logs/code-server.log" in found["code server"].detail
    assert "logs/daemon.log" in found["daemon"].detail
    assert found["runs"].detail == "0 queued, 0 under way"
