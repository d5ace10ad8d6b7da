"""Both ways of delivery on real stores: inside the process and over JetStream."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from resources.database import open_engine
from resources.nats_broker import NatsBroker
from resources.sealing import UserKeys
from services.events.keeping import STREAM_KEPT_S
from services.events.tables import METADATA
from tests.services.events.postgres import postgres_server, programs
from tests.services.events.server import nats_server
from tests.services.events.world import EFFECTS, Keeper, World


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    """The tables, on each kind of database."""
    opened = open_engine(database_url)
    METADATA.create_all(opened)
    EFFECTS.create(opened)
    yield opened
    opened.dispose()


@pytest.fixture
def keys(tmp_path: Path) -> Iterator[UserKeys]:
    """A key store."""
    made = UserKeys(tmp_path / "user-keys" / "keys.db", b"k" * 32)
    yield made
    made.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A server for all tests of a run; its user must see the folder, which it does not in pytest's own."""
    if programs() is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        with postgres_server(Path(folder) / "pg") as url:
            yield url


@pytest.fixture
def pg_engine(postgres: str) -> Iterator[sa.Engine]:
    """The tables in PostgreSQL, empty."""
    opened = open_engine(postgres)
    for table in (METADATA, EFFECTS.metadata):
        table.drop_all(opened)
        table.create_all(opened)
    yield opened
    opened.dispose()


SLOW = pytest.mark.slow


@pytest.fixture(
    params=["process", pytest.param("process on PostgreSQL", marks=SLOW), pytest.param("jetstream", marks=SLOW)]
)
def world(request: pytest.FixtureRequest, keys: UserKeys, tmp_path: Path) -> Iterator[World]:
    """One consumer; delivery inside the process on both databases, and over a server that this test starts."""
    if request.param == "process on PostgreSQL":
        yield World(request.getfixturevalue("pg_engine"), keys, [Keeper()], None)
        return
    engine = request.getfixturevalue("engine")
    if request.param == "process":
        yield World(engine, keys, [Keeper()], None)
        return
    with nats_server(tmp_path / "nats") as server:
        broker = NatsBroker([server.url], kept_s=STREAM_KEPT_S)
        yield World(engine, keys, [Keeper()], broker)
        broker.close()
