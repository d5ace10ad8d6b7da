"""Notices of a topic that go out together: one hand-over, one slot, each of them in the inbox."""

from contracts.modules.notices import NoticeMarks
from contracts.modules.profile import Caps, Digest
from services.notifier.channels.sender import HandOver, SendOutcome
from services.notifier.delivery.digests import said_together
from services.notifier.requests import Said
from tests.services.notifier.outside import HOUR_S, MORNING, NIGHT, Outside, Peer
from tests.services.notifier.world import START, World

HOURLY = (Digest(topic="sleep", wait_minutes=60, most=3),)


def in_a_row(world: World, *titles: str) -> None:
    """Request notices a second after each other."""
    for title in titles:
        world.notify(title)
        world.clock.now += 1


def test_what_is_collected_goes_out_as_one(world: World) -> None:
    """An hour after the first of them: one push, which counts once; another topic and a critical one wait for none."""
    outside = Outside(world)
    outside.prefer(2, digests=HOURLY, caps=Caps(per_day=3, per_topic=2))
    first = world.notify("one")
    assert world.notifier.why("user-a", first).code == "digest"
    world.clock.now += HOUR_S / 2
    world.notify("two")
    other, alarm = world.notify("other", topic="work"), world.notify("alarm", critical="security")
    assert outside.push.got == [other, alarm]
    world.clock.now = START + HOUR_S
    world.settle()
    (together,) = outside.push.notices[2:]
    assert (together.title, together.text) == ("one, and one more", "one\nGo to bed early.\n\ntwo\nGo to bed early.")
    assert {notice.title for notice in world.inbox()} == {"one", "two", "other", "alarm"}
    states = sorted(state for _, state, _ in outside.slots())
    assert states == ["delivered", "delivered", "delivered", "digest"]
    both = [world.notifier.why("user-a", notice.id) for notice in world.inbox() if notice.title in {"one", "two"}]
    assert [(said.state, said.code) for said in both] == [("settled", "delivered")] * 2
    assert sum("part of one hand-over" in said.why[-1] for said in both) == 1
    world.clock.now += 1
    world.settle()
    assert len(outside.push.got) == 3


def test_a_full_digest_does_not_wait(world: World) -> None:
    """With the third of three it goes out; the fourth begins another, whose time is counted from it."""
    outside = Outside(world)
    outside.prefer(2, digests=HOURLY)
    in_a_row(world, "one", "two", "three")
    assert [notice.title for notice in outside.push.notices] == ["one, and 2 more"]
    world.clock.now += 60
    world.notify("four")
    world.clock.now += HOUR_S - 1
    world.settle()
    assert len(outside.push.got) == 1
    world.clock.now += 1
    world.settle()
    assert [notice.title for notice in outside.push.notices] == ["one, and 2 more", "four"]


def test_a_digest_goes_out_within_allowed_hours(world: World) -> None:
    """Complete at night it waits for the morning, and takes along what came until then."""
    outside = Outside(world)
    outside.prefer(2, digests=HOURLY)
    world.clock.now = NIGHT - 1.5 * HOUR_S
    world.notify("one")
    world.clock.now = NIGHT + HOUR_S
    world.notify("two")
    assert outside.push.got == []
    world.clock.now = MORNING
    world.settle()
    assert [notice.title for notice in outside.push.notices] == ["one, and one more"]


def test_a_digest_that_was_not_taken_is_handed_over_again_as_it_was(world: World) -> None:
    """Later by the same channel, then by the next one when it is refused: the same notices, none twice."""
    later = HandOver(outcome=SendOutcome.LATER, reason="429", retry_after_s=300.0)
    no = HandOver(outcome=SendOutcome.REFUSED, reason="413")
    outside = Outside(world, Peer("push", [later, no]))
    outside.prefer(2, digests=HOURLY)
    in_a_row(world, "one", "two", "three")
    world.clock.now += 300
    world.settle()
    titles = [notice.title for notice in (*outside.push.notices, *outside.mail.notices)]
    assert titles == ["one, and 2 more"] * 3
    assert len({*outside.push.got, *outside.mail.got}) == 1
    assert len(world.inbox()) == 3


def test_a_digest_that_nobody_saw_goes_by_mail_as_a_whole(world: World) -> None:
    """Unless one of its notices was read."""
    outside = Outside(world)
    outside.prefer(2, digests=HOURLY, unseen_hours=2)
    in_a_row(world, "one", "two", "three")
    world.clock.now += 2 * HOUR_S
    world.settle()
    assert [notice.title for notice in outside.mail.notices] == ["one, and 2 more"]
    in_a_row(world, "four", "five", "six")
    assert len(outside.push.got) == 2
    read = next(notice for notice in world.inbox() if notice.title == "five")
    world.notifier.mark("user-a", read.id, NoticeMarks(read=True))
    world.clock.now += 2 * HOUR_S
    world.settle()
    assert len(outside.mail.got) == 1


def test_what_is_said_together() -> None:
    """One alone is itself."""
    alone = Said("sleep", "A tip", "Go to bed.", None, None)
    assert said_together([alone]) == ("A tip", "Go to bed.")
