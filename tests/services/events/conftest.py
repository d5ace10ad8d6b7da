"""Both ways of delivery on real stores: inside the process and over JetStream."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from resources.database import open_engine
from resources.sealing import UserKeys
from services.events.tables import METADATA
from tests.services.events.world import EFFECTS, Keeper, World


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    """The tables in a file."""
    opened = open_engine(f"sqlite:///{tmp_path / 'tipbench.db'}")
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


@pytest.fixture
def world(engine: sa.Engine, keys: UserKeys) -> World:
    """One consumer, delivery inside the process."""
    return World(engine, keys, [Keeper()], None)
