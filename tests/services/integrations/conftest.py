"""Integrations on a real home, with a peer that serves calendars, on each kind of database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.integrations.calendar_peer import CalendarPeer, serving
from tests.services.integrations.world import World


@pytest.fixture
def peer() -> Iterator[CalendarPeer]:
    """A peer without a calendar."""
    with serving({}) as made:
        yield made


@pytest.fixture
def world(tmp_path: Path, peer: CalendarPeer, database_url: str) -> Iterator[World]:
    """A home with the module and nothing in it."""
    made = World(tmp_path / "home", peer, database_url)
    yield made
    made.close()


@pytest.fixture
def here(tmp_path: Path, peer: CalendarPeer) -> Iterator[World]:
    """The same on SQLite alone, for what does not depend on the database."""
    made = World(tmp_path / "home", peer)
    yield made
    made.close()
