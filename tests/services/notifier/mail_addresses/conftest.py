"""Notifier on a home of its own with SQLite, which is enough where no two transactions meet."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.notifier.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A home with the module and nothing in it."""
    made = World(tmp_path / "home")
    yield made
    made.close()
