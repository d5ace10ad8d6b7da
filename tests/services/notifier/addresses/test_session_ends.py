"""Signing out ends the browser's subscription."""

from contracts.modules.events import SessionRevokedV1
from contracts.modules.profile import Channel
from tests.services.notifier.world import World


def _texts(world: World, user: str) -> list[str]:
    with world.notifier.store.reading() as connection:
        return [each.text for each in world.addresses.reached(connection, user, Channel.PUSH)]


def test_what_a_session_brought_ends_with_it(world: World) -> None:
    """Of that session and user alone; another session of theirs goes on."""
    world.reach(Channel.PUSH, "one", credential="session-1")
    world.reach(Channel.PUSH, "two", credential="session-2")
    world.reach(Channel.PUSH, "other", "user-b", credential="session-3")
    for session in ("session-1", "session-3"):
        world.publish(SessionRevokedV1(credential=session, reason="signed_out"))
    world.deliver()
    assert (_texts(world, "user-a"), _texts(world, "user-b")) == (["two"], ["other"])
