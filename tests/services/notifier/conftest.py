"""Notifier on a real home, on each kind of database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.notifier.world import World


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> Iterator[World]:
    """A home with the module and nothing in it."""
    made = World(tmp_path / "home", database_url)
    yield made
    made.close()
