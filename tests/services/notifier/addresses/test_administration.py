"""Keys for push messages as admins see them."""

import msgspec

from contracts.modules.profile import Channel
from kit.times import iso
from services.notifier.addresses.stored import SealedAddress
from tests.services.notifier.world import START, World


def _subscribe(world: World, name: str) -> str:
    with world.notifier.store.writing() as connection:
        address = SealedAddress(f"{name}-address", name)
        return world.addresses.add(connection, "user-a", Channel.PUSH, address, name=name)


def test_keys_are_listed_newest_first_with_the_browsers_that_came_with_each(world: World) -> None:
    """Until their subscriptions end; a mail address is none, and what signs is shown nowhere."""
    assert world.notifier.push_keys() == []
    old = world.vapid.rotate(START)
    world.clock.now = START + 10
    _subscribe(world, "one")
    ended = _subscribe(world, "two")
    with world.notifier.store.writing() as connection:
        world.addresses.add(
            connection, "user-a", Channel.EMAIL, SealedAddress("a@example.org", "a@example.org"), name="a@example.org"
        )
        world.addresses.end_of_user(connection, "user-a", Channel.PUSH, ended, "410")
    new = world.vapid.rotate(START + 20)
    world.clock.now = START + 30
    _subscribe(world, "three")
    _subscribe(world, "four")
    keys = world.notifier.push_keys()
    assert [(key.kid, key.newest, key.subscriptions) for key in keys] == [(new.kid, True, 2), (old.kid, False, 1)]
    assert [key.made_at for key in keys] == [iso(START + 20, "milliseconds"), iso(START, "milliseconds")]
    assert set(msgspec.to_builtins(keys[0])) == {"kid", "public", "made_at", "newest", "subscriptions"}
