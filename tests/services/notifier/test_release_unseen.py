"""What one channel took and nobody looked at goes by the next one, once by each."""

import pytest

from contracts.modules.notices import NoticeMarks
from contracts.modules.profile import Caps, Channel
from services.notifier.channels.sender import HandOver, SendOutcome
from tests.services.notifier.outside import HOUR_S, MORNING, NIGHT, Outside, Peer
from tests.services.notifier.world import START, World


def test_what_nobody_saw_goes_by_the_next_channel(world: World) -> None:
    """After the hours that the user set, and no sooner; each channel has it once, and it is in the inbox once."""
    outside = Outside(world)
    outside.prefer(2, unseen_hours=3, caps=Caps(per_day=1))
    id_ = world.notify()
    waits = world.notifier.why("user-a", id_)
    assert (waits.state, waits.code, outside.push.got) == ("waiting", "unseen", [id_])
    world.clock.now += 3 * HOUR_S - 1
    world.settle()
    assert outside.mail.got == []
    world.clock.now += 1
    world.settle()
    world.clock.now += 9 * HOUR_S
    world.settle()
    assert (outside.push.got, outside.mail.got) == ([id_], [id_])
    assert outside.slots() == [("push", "delivered", "201"), ("email", "delivered", "201")]
    assert world.notifier.why("user-a", id_).state == "settled"
    assert len(world.inbox()) == 1


@pytest.mark.parametrize("marks", [NoticeMarks(read=True), NoticeMarks(opened=True)])
def test_what_was_seen_goes_no_further(world: World, marks: NoticeMarks) -> None:
    """Read or opened in the app, however it came there."""
    outside = Outside(world)
    outside.prefer(2, unseen_hours=3)
    id_ = world.notify()
    world.notifier.mark("user-a", id_, marks)
    world.clock.now += 3 * HOUR_S
    world.settle()
    settled = world.notifier.why("user-a", id_)
    assert (settled.state, settled.code, outside.mail.got) == ("settled", "delivered", [])


def test_the_night_is_quiet_for_the_next_channel_too(world: World) -> None:
    """Unseen at two in the night: the mail goes out in the morning, unless the hours were changed meanwhile."""
    outside = Outside(world)
    outside.prefer(2, unseen_hours=6)
    world.clock.now = NIGHT - 2 * HOUR_S
    first = world.notify()
    world.clock.now = NIGHT + 4 * HOUR_S
    world.settle()
    assert outside.mail.got == []
    world.clock.now = MORNING
    world.settle()
    assert outside.mail.got == [first]
    second = world.notify()
    outside.prefer(3, unseen_hours=0)
    world.settle()
    world.clock.now += 9 * HOUR_S
    world.settle()
    assert (world.notifier.why("user-a", second).state, outside.mail.got) == ("settled", [first])


def test_the_app_has_hours_of_its_own(world: World) -> None:
    """A day, where the user set none; what expires first, or has no second channel, is settled at once."""
    outside = Outside(world)
    outside.prefer(2, unseen_hours=None)
    long, short = world.notify(topic="long"), world.notify(topic="short", expires_at="2027-01-15T20:00:00+00:00")
    assert world.notifier.why("user-a", short).state == "settled"
    world.clock.now = START + 24 * HOUR_S
    world.settle()
    assert outside.mail.got == [long]
    outside.prefer(3, unseen_hours=1, channels=(Channel.PUSH,))
    assert world.notifier.why("user-a", world.notify(topic="one")).state == "settled"


def test_a_second_channel_that_fails_leaves_it_delivered(world: World) -> None:
    """And what nobody knows of the first goes no further by itself."""
    no, lost = (HandOver(outcome=each, reason="x") for each in (SendOutcome.REFUSED, SendOutcome.UNKNOWN))
    outside = Outside(
        world, Peer("push", [HandOver(outcome=SendOutcome.DELIVERED, reason="201"), lost]), Peer("email", [no])
    )
    outside.prefer(2, unseen_hours=1)
    first, second = world.notify(topic="one"), world.notify(topic="two")
    world.clock.now += HOUR_S
    world.settle()
    assert (outside.push.got, outside.mail.got) == ([first, second], [first])
    histories = [world.notifier.why("user-a", each) for each in (first, second)]
    assert [(each.state, each.code) for each in histories] == [("settled", "delivered"), ("settled", "unknown")]
