"""Profile on a real home, with a second module to erase."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.profile.house import World


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> Iterator[World]:
    """Two users, on each kind of database."""
    made = World(tmp_path / "home", ["user-a", "user-b"], url=database_url)
    yield made
    made.close()
