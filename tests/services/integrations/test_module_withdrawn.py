"""A user who takes back what was agreed to while a sync is under way, at each of its steps: nothing of it is stored."""

import threading
from collections.abc import Callable
from itertools import count
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from contracts.integrations.connections import ConnectionProvider, ConnectionState, UserConnection
from contracts.refusals import NotFound
from services.integrations.connections.free_hours import FreeHours
from services.integrations.module import ConnectionsErased
from tests.deadline import DEADLINE_S
from tests.services.integrations.oauth_peer import LIFE_S, Requested
from tests.services.integrations.provider_apis import GoogleApi, timed
from tests.services.integrations.world import NOTHING, World

_UTC = ZoneInfo("UTC")
Withdraw = Callable[[World, UserConnection], object]
STEPS = 4
"""Requests of a sync whose token has ended: the refresh, and three pages."""


@pytest.fixture
def made(with_google: World, google: GoogleApi) -> UserConnection:
    """A connection with one entry, of which the next sync, an hour later, finds seven more."""
    google.put("old", **timed("2027-01-15T15:00:00Z", "2027-01-15T16:00:00Z", summary="Old"))
    connected = with_google.authorize(ConnectionProvider.GOOGLE_CALENDAR)
    for day in range(16, 23):
        google.put(f"new-{day}", **timed(f"2027-01-{day}T09:00:00Z", f"2027-01-{day}T10:00:00Z", summary="New"))
    with_google.now += LIFE_S
    return connected


def _sync(world: World, made: UserConnection, step: int, withdraw: Withdraw) -> None:
    """Sync, and withdraw while the provider answers the request of that number."""
    assert world.provider is not None
    requests = count()

    def before(_: Requested) -> None:
        if next(requests) == step:
            withdraw(world, made)

    world.provider.before = before
    world.integrations.sync("user-a", made.id)


def _is_free(world: World) -> bool:
    """Whether tips have an hour of the user to name."""
    with world.engine.begin() as connection:
        return FreeHours(world.sealer).free_hour(connection, "user-a", lambda: _UTC, world.now) is not None


@pytest.mark.parametrize("step", range(STEPS))
def test_what_is_disconnected_at_any_step_is_stored_nowhere(
    with_google: World, made: UserConnection, step: int
) -> None:
    """Refuse the sync as of a connection that is not there; the grant that it read with is ended too."""
    provider, ended = with_google.provider, threading.Event()
    assert provider is not None

    def disconnect(world: World, made: UserConnection) -> None:
        world.integrations.disconnect("user-a", made.id)
        ended.set()

    def withdraw(world: World, made: UserConnection) -> None:
        """Disconnect; while tokens are refreshed that goes on beside it, for it waits for them in order to end them."""
        begun = threading.Event()
        sa.event.listen(world.engine, "commit", lambda _: begun.set())
        threading.Thread(target=disconnect, args=(world, made)).start()
        assert (ended if step else begun).wait(DEADLINE_S)

    with pytest.raises(NotFound, match="no such connection"):
        _sync(with_google, made, step, withdraw)
    assert ended.wait(DEADLINE_S)
    assert with_google.rows() == NOTHING
    assert (provider.refresh, [end for end in provider.access.values() if end > with_google.now]) == ({}, [])
    assert with_google.integrations.connections("user-a").connections == []
    assert not _is_free(with_google)


@pytest.mark.parametrize("step", range(STEPS))
def test_who_is_erased_at_any_step_has_nothing_stored(with_google: World, made: UserConnection, step: int) -> None:
    """Answer that the user asked to be erased; what is left is sealed under a key that is no more."""
    before = with_google.rows()
    with pytest.raises(ConnectionsErased, match="asked to be erased"):
        _sync(with_google, made, step, lambda world, _: world.sealer.destroy("user-a"))
    assert with_google.rows() == before
    with pytest.raises(ConnectionsErased):
        with_google.titles(made)


@pytest.mark.parametrize("step", range(STEPS))
def test_what_its_user_revokes_at_the_provider_is_read_no_further(
    with_google: World, made: UserConnection, step: int
) -> None:
    """Leave the pages that came before it unstored, say so once, and name no hour of theirs in a tip any more."""

    def revoke(world: World, _: UserConnection) -> None:
        assert world.provider is not None
        world.provider.access.clear()
        world.provider.refresh.clear()

    assert _is_free(with_google)
    _sync(with_google, made, step, revoke)
    (left,) = with_google.integrations.connections("user-a").connections
    assert left.last_sync is not None
    assert (left.state, left.last_sync.code) == (ConnectionState.RECONNECT, "refused")
    assert with_google.titles(made) == ["Old"]
    assert not _is_free(with_google)
