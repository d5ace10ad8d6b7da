from collections.abc import Sequence

import pytest
import sqlalchemy as sa

from contracts.modules.profile import Channel
from contracts.modules.sealing import Erased
from services.notifier.addresses.stored import MOST, Address, end_of_session
from services.notifier.retention import STORED_S, notifier_retention
from services.notifier.tables import ADDRESSES
from tests.services.notifier.world import World


def _reached(world: World, user: str = "user-a", channel: Channel = Channel.PUSH) -> Sequence[Address]:
    with world.notifier.store.reading() as connection:
        return world.addresses.reached(connection, user, channel)


def _texts(world: World, user: str = "user-a") -> list[str]:
    return [address.text for address in _reached(world, user)]


def _reasons(world: World, user: str = "user-a") -> list[str]:
    chosen = sa.select(ADDRESSES.c.reason).where(ADDRESSES.c.user == user).order_by(ADDRESSES.c.added_at)
    with world.engine.connect() as connection:
        return list(connection.execute(chosen).scalars())


def test_an_address_that_comes_again_is_the_same_one(world: World) -> None:
    """One row, whose text is the last one; another channel has its own."""
    first = world.reach(Channel.PUSH, "one")
    world.clock.now += 1
    assert world.reach(Channel.PUSH, "one") == first
    world.reach(Channel.EMAIL, "one")
    (found,) = _reached(world)
    assert (found.text, found.added_at) == ("one", world.clock.now)


def test_a_user_has_a_number_of_addresses_at_most(world: World) -> None:
    """The oldest one goes when another comes, and coming again makes one the newest."""
    for number in range(MOST):
        world.clock.now += 1
        world.reach(Channel.PUSH, str(number))
    world.clock.now += 1
    world.reach(Channel.PUSH, "0")
    world.clock.now += 1
    world.reach(Channel.PUSH, "another")
    assert _texts(world) == [*map(str, range(2, MOST)), "0", "another"]
    assert _reasons(world)[0] == "replaced"


def test_a_browser_reaches_one_user(world: World) -> None:
    """Whoever signs in there next; what the other hears goes elsewhere."""
    world.reach(Channel.PUSH, "one")
    world.reach(Channel.PUSH, "one", "user-b")
    assert (_texts(world), _texts(world, "user-b")) == ([], ["one"])
    assert _reasons(world) == ["moved"]


def test_what_ended_has_no_address_any_more(world: World) -> None:
    """Nothing sealed stays; ended twice, or by one that was looked up before it came anew, it stays as it is."""
    world.reach(Channel.PUSH, "one")
    (old,) = _reached(world)
    world.clock.now += 1
    world.reach(Channel.PUSH, "one")
    (new,) = _reached(world)
    with world.notifier.store.writing() as connection:
        ended = [world.addresses.end(connection, each, "410") for each in (old, new, new)]
        sealed = connection.execute(sa.select(ADDRESSES.c.sealed)).scalars().all()
    assert (ended, sealed, _texts(world)) == ([False, True, False], [None], [])
    world.reach(Channel.PUSH, "one")
    assert _texts(world) == ["one"]


def test_an_address_ends_with_the_session_that_brought_it(world: World) -> None:
    """That user's alone; and by its id for nobody else."""
    world.reach(Channel.PUSH, "one", credential="session-1")
    id_ = world.reach(Channel.PUSH, "two", credential="session-2")
    with world.notifier.store.writing() as connection:
        assert end_of_session(connection, "user-b", "session-1", world.clock()) == 0
        assert end_of_session(connection, "user-a", "session-1", world.clock()) == 1
        assert not world.addresses.end_of_user(connection, "user-b", Channel.PUSH, id_, "removed")
        assert not world.addresses.end_of_user(connection, "user-a", Channel.EMAIL, id_, "removed")
    assert _texts(world) == ["two"]
    with world.notifier.store.writing() as connection:
        assert world.addresses.end_of_user(connection, "user-a", Channel.PUSH, id_, "removed")
    assert _texts(world) == []


def test_a_damaged_one_is_left_out(world: World) -> None:
    """The others are reached; after the user's erasure nothing is."""
    id_ = world.reach(Channel.PUSH, "one")
    world.reach(Channel.PUSH, "two")
    with world.notifier.store.writing() as connection:
        connection.execute(ADDRESSES.update().where(ADDRESSES.c.id == id_).values(sealed=b"planted"))
    assert _texts(world) == ["two"]
    world.sealer.destroy("user-a")
    with pytest.raises(Erased):
        _texts(world)


def test_the_hash_is_that_of_the_home_and_the_channel(world: World) -> None:
    """Equal for equal names, and of 32 bytes that say nothing of them."""
    hashes = [world.addresses.hash_of(channel, name) for channel in Channel for name in ("a", "b")]
    assert len(set(hashes)) == 4
    assert {len(each) for each in hashes} == {32}
    assert world.addresses.hash_of(Channel.PUSH, "a") == hashes[0]


def test_its_rows_are_exported_erased_and_pruned(world: World) -> None:
    """The export shows what is shown of an address, never the address; what ended stays for its time."""
    (policy,) = [each for each in notifier_retention(world.sealer) if each.table is ADDRESSES]
    assert policy.export is not None
    assert policy.erase is not None
    assert policy.prune is not None
    world.reach(Channel.PUSH, "one")
    world.reach(Channel.PUSH, "two", "user-b")
    with world.notifier.store.writing() as connection:
        world.addresses.end(connection, _reached(world, "user-b")[0], "410")
        (mine,), (other,) = policy.export(connection, "user-a"), policy.export(connection, "user-b")
        assert (mine["address"], mine["ended_at"]) == ("shown one", None)
        assert (other["address"], other["reason"]) == (None, "410")
        assert policy.prune(connection, world.clock.now + STORED_S - 1) == 0
        assert policy.prune(connection, world.clock.now + STORED_S + 1) == 1
        assert (policy.erase(connection, "user-a"), policy.erase(connection, "user-a")) == (1, 0)
