"""What users said before the notifier listened reaches it by events, once, and undoes nothing newer."""

import sqlalchemy as sa

from contracts.modules.profile import Channel, Preferences, Profile, Purpose
from services.events.tables import OUTBOX
from services.notifier.people import PeopleUpdates, person_of, stored_person
from services.notifier.timing.decision import Recipient
from services.profile.announcements import BATCH, Announcements
from services.profile.store import profile_store
from services.profile.tables import CONSENTS, PROFILES
from tests.services.profile.world import FULL, World, new_id


def _announcements(world: World) -> Announcements:

    return Announcements(profile_store(world.engine), world.sealer, world.bus, new_id, world.clock)


def _agreed(world: World, user: str = "user-a", *, given: bool = True, purpose: Purpose = Purpose.PUSH) -> None:
    world.profile.decide(user, purpose, given=given, version=1, channel="web")


def _as_before(world: World) -> None:
    """Leave the rows as an older version did, whose events went by without anybody who listened."""
    with world.engine.begin() as connection:
        connection.execute(OUTBOX.delete())
        for table in (PROFILES, CONSENTS):
            connection.execute(table.update().values(announced=False))


def _known(world: World, user: str = "user-a") -> Recipient:
    """What the notifier goes by."""
    with world.engine.connect() as connection:
        return person_of(stored_person(connection, world.sealer, user))


def test_the_notifier_learns_what_was_there_before_it(world: World) -> None:
    """Preferences and consents, also of who has no profile; what was withdrawn is not agreed to."""
    world.consumers.append(PeopleUpdates(world.sealer, world.clock))
    world.profile.put_profile("user-a", FULL, None)
    _agreed(world)
    _agreed(world, purpose=Purpose.EMAIL)
    _agreed(world, purpose=Purpose.EMAIL, given=False)
    _agreed(world, "user-b")
    _as_before(world)
    announcements = _announcements(world)
    assert [announcements.step(), announcements.step()] == [True, False]
    world.settle()
    assert (_known(world).preferences, _known(world).agreed) == (FULL.preferences, frozenset({Channel.PUSH}))
    assert (_known(world, "user-b").preferences, _known(world, "user-b").agreed) == (
        Preferences(),
        frozenset({Channel.PUSH}),
    )


def test_a_change_that_comes_meanwhile_stands(world: World) -> None:
    """Saved between two steps: it is announced by itself, and the worker finds nothing of it."""
    world.consumers.append(PeopleUpdates(world.sealer, world.clock))
    world.profile.put_profile("user-a", FULL, None)
    _agreed(world)
    _as_before(world)
    world.profile.put_profile("user-a", Profile(), None)
    _agreed(world, given=False)
    while _announcements(world).step():
        pass
    world.settle()
    assert (_known(world).preferences, _known(world).agreed) == (Preferences(), frozenset())


def test_nothing_is_said_of_whoever_is_being_erased_and_all_others_are_reached(world: World) -> None:
    """In batches, without a row that stops the rest."""
    for number in range(BATCH + 5):
        _agreed(world, f"user-{number}")
    _agreed(world)
    _agreed(world, "user-b")
    _as_before(world)
    world.saga.erase("user-a", "self")
    world.sealer.destroy("user-b")
    with world.engine.begin() as connection:
        connection.execute(OUTBOX.delete())
    announcements = _announcements(world)
    assert [announcements.step() for _ in range(3)] == [True, True, False]
    with world.engine.connect() as connection:
        said = set(connection.execute(sa.select(OUTBOX.c.user)).scalars())
    assert said == {f"user-{number}" for number in range(BATCH + 5)}
