"""A user sends themselves a notice by one channel."""

import pytest

from contracts.modules.events import ConsentChangedV1
from contracts.modules.profile import Caps, Channel
from contracts.refusals import Conflict
from services.notifier.addresses.tried_channels import TriedChannels
from services.notifier.channels.sender import HandOver, SendOutcome
from tests.services.notifier.outside import NIGHT, Outside, Peer
from tests.services.notifier.world import World, new_id


def _tried(world: World) -> TriedChannels:
    return TriedChannels(world.notifier.store, world.sealer, world.addresses, set(Channel), world.clock, new_id)


@pytest.mark.parametrize("channel", list(Channel))
def test_it_comes_at_night_and_beyond_caps_by_the_channel_alone(world: World, channel: Channel) -> None:
    """Also by one that is not chosen, by the same slots as other notices."""
    outside = Outside(world)
    outside.prefer(2, channels=(), caps=Caps(per_24h=0))
    world.deliver()
    world.clock.now = NIGHT
    id_ = _tried(world).request("user-a", channel).id
    world.settle()
    got = {Channel.PUSH: outside.push.got, Channel.EMAIL: outside.mail.got}
    assert got == {each: [id_] if each is channel else [] for each in Channel}
    assert outside.slots() == [(channel.value, "delivered", "201")]
    assert [notice.title for notice in world.inbox()] == ["A test"]


def test_what_one_channel_refuses_goes_by_no_other(world: World) -> None:
    """It was that channel's test."""
    outside = Outside(world, Peer("push", [HandOver(outcome=SendOutcome.REFUSED, reason="413")]))
    world.deliver()
    id_ = _tried(world).request("user-a", Channel.PUSH).id
    world.settle()
    assert (outside.push.got, outside.mail.got) == ([id_], [])
    assert world.notifier.why("user-a", id_).code == "channels_failed"


def test_what_cannot_go_out_is_refused_with_its_reason(world: World) -> None:
    """Not sent by this server, not agreed to, no address: nothing is stored."""
    with pytest.raises(Conflict, match="this server sends nothing by push"):
        world.notifier.test_channel("user-a", Channel.PUSH)
    tried = _tried(world)
    with pytest.raises(Conflict, match="not agreed to push"):
        tried.request("user-a", Channel.PUSH)
    world.publish(ConsentChangedV1(purpose="push", given=True, version=1))
    world.deliver()
    with pytest.raises(Conflict, match="reached nowhere by push"):
        tried.request("user-a", Channel.PUSH)
    assert world.inbox() == []
