"""Erasing somebody who granted us something at an identity provider: that is taken back before anything is erased."""

import pytest
import sqlalchemy as sa

from contracts.modules.erasure import GrantsLeft
from contracts.modules.events import UserEraseRequestedV1
from services.profile.erasure.saga import GRANTS_S, REST_S
from services.profile.tables import RECEIPTS
from tests.services.profile.world import Seen, World, fill

USER = "user-a"


def begin(world: World) -> Seen:
    """Ask for the erasure of somebody with a grant; who hears of it."""
    fill(world, USER)
    world.grants.held_by = {USER}
    seen = Seen((UserEraseRequestedV1,), lambda event: event.user)
    world.consumers.append(seen)
    assert world.saga.erase(USER, "self").grants is GrantsLeft.HELD
    world.settle()
    return seen


def finish(world: World) -> GrantsLeft | None:
    """Deliver and end; what the record says of the grants."""
    world.settle()
    assert world.saga.step() == 1
    (done,) = world.saga.erasures()
    assert (done.user, done.waiting) == (None, ())
    return done.grants


def test_modules_are_asked_when_the_grant_was_taken_back(world: World) -> None:
    """Not before, since their rows and the user's key are needed for it; then once."""
    seen = begin(world)
    assert (seen.answers, world.grants.requested) == ([], [])
    assert world.saga.step() == 0
    assert (seen.answers, world.grants.requested) == ([], [USER])
    assert finish(world) is GrantsLeft.RETURNED
    assert (seen.answers, world.grants.requested) == ([USER], [USER])


def test_a_provider_that_is_away_is_asked_again(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """Half a minute later and not earlier; asking for the erasure again asks no module; no log quotes a token."""
    seen = begin(world)
    world.grants.away = True
    for _ in range(3):
        world.saga.step()
    assert world.grants.requested == [USER]
    world.clock.now += GRANTS_S / 2
    assert world.saga.erase(USER, "admin").grants is GrantsLeft.HELD
    world.saga.step()
    world.settle()
    assert (seen.answers, world.grants.requested) == ([], [USER, USER])
    world.grants.away = False
    world.clock.now += REST_S
    world.saga.step()
    assert finish(world) is GrantsLeft.RETURNED
    assert "ConnectionError" in caplog.text
    assert "planted-token" not in caplog.text


def test_a_provider_that_stays_away_holds_nobody(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """After 24 hours the erasure goes on, and its record says that the grant was not taken back."""
    begin(world)
    world.grants.away = True
    world.clock.now += GRANTS_S - 1
    world.saga.step()
    assert world.saga.erasures()[0].grants is GrantsLeft.HELD
    world.clock.now += REST_S
    world.saga.step()
    assert world.saga.erasures()[0].grants is GrantsLeft.UNRETURNED
    assert finish(world) is GrantsLeft.UNRETURNED
    assert "planted-token" not in caplog.text


def test_what_can_never_be_taken_back_is_not_waited_for(world: World) -> None:
    """The record says so at once."""
    begin(world)
    world.grants.back = False
    world.saga.step()
    assert finish(world) is GrantsLeft.UNRETURNED


def test_whoever_holds_nothing_is_erased_at_once(world: World) -> None:
    """No provider is asked."""
    fill(world, USER)
    assert world.saga.erase(USER, "self").grants is None
    assert finish(world) is None
    assert world.grants.requested == []
    with world.engine.connect() as connection:
        assert len(connection.execute(sa.select(RECEIPTS)).all()) == 2
