"""Integrations on a real home, with a peer that serves calendars, on each kind of database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.integrations.calendar_peer import CalendarPeer, serving
from tests.services.integrations.oauth_peer import Api, OAuthPeer, providing
from tests.services.integrations.provider_apis import GoogleApi, TodoistApi
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


@pytest.fixture
def todoist() -> TodoistApi:
    """The tasks of an account."""
    return TodoistApi()


@pytest.fixture
def with_todoist(tmp_path: Path, peer: CalendarPeer, todoist: TodoistApi) -> Iterator[World]:
    """A home whose server is a client of a provider that speaks as Todoist does, on SQLite."""
    yield from _with_provider(tmp_path, peer, todoist)


@pytest.fixture
def google() -> GoogleApi:
    """The calendar of an account."""
    return GoogleApi()


@pytest.fixture
def with_google(tmp_path: Path, peer: CalendarPeer, google: GoogleApi) -> Iterator[World]:
    """The same of a provider that speaks as Google Calendar does."""
    yield from _with_provider(tmp_path, peer, google)


def _with_provider(folder: Path, peer: CalendarPeer, api: Api) -> Iterator[World]:
    with providing(OAuthPeer(api, lambda: made.now)) as provider:
        made = World(folder / "home", peer, provider=provider)
        yield made
        made.close()
