"""Both ways of delivery on real stores: inside the process and over JetStream."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from resources.events.nats_broker import NatsBroker
from resources.privacy.user_key_file import UserKeyFile
from resources.privacy.user_keys import UserKeys
from resources.sql.engine import open_engine
from services.events.retention import STREAM_RETENTION_S
from services.events.tables import METADATA
from tests.postgresql import Cluster
from tests.services.events.nats_peer import nats_server
from tests.services.events.world import EFFECTS, RecordingConsumer, World
from tests.user_keys import RecordedBytes


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    """The tables, on each kind of database."""
    opened = open_engine(database_url)
    METADATA.create_all(opened)
    EFFECTS.create(opened)
    yield opened
    opened.dispose()


@pytest.fixture
def random_bytes() -> RecordedBytes:
    """What the key store draws."""
    return RecordedBytes()


@pytest.fixture
def keys(tmp_path: Path, random_bytes: RecordedBytes) -> Iterator[UserKeys]:
    """A key store."""
    made = UserKeys(UserKeyFile(tmp_path / "user-keys" / "keys.db"), b"k" * 32, random_bytes)
    yield made
    made.close()


@pytest.fixture
def pg_engine(cluster: Cluster) -> Iterator[sa.Engine]:
    """The tables in PostgreSQL, for what only concerns it."""
    with cluster.database() as name:
        opened = open_engine(cluster.url(name))
        EFFECTS.create(opened)
        yield opened
        opened.dispose()


@pytest.fixture(params=["process", pytest.param("jetstream", marks=pytest.mark.slow)])
def world(request: pytest.FixtureRequest, engine: sa.Engine, keys: UserKeys, tmp_path: Path) -> Iterator[World]:
    """One consumer; delivery inside the process, and over a server that this test starts."""
    if request.param == "process":
        yield World(engine, keys, [RecordingConsumer()], None)
        return
    with nats_server(tmp_path / "nats") as server:
        broker = NatsBroker([server.url], retention_s=STREAM_RETENTION_S)
        yield World(engine, keys, [RecordingConsumer()], broker)
        broker.close()
