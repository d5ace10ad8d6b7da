"""The recommender on a real home, on each kind of database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.recommender.world import World


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> Iterator[World]:
    """A home with the module and nothing in it."""
    made = World(tmp_path / "home", database_url)
    yield made
    made.close()


@pytest.fixture
def here(tmp_path: Path) -> Iterator[World]:
    """The same on SQLite alone, for what does not depend on the database."""
    made = World(tmp_path / "home")
    yield made
    made.close()
