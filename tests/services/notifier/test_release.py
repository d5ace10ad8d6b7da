"""Releasing notices to channels outside the app: one hand-over at most, and each outcome is written down."""

import threading

import pytest
import sqlalchemy as sa

from contracts.modules.events import ConsentChangedV1
from contracts.modules.profile import Caps, Channel
from contracts.refusals import Conflict, NotFound
from kit.times import iso
from services.notifier.channels.sender import HandOver, SendOutcome
from services.notifier.delivery.slots import BACKOFF_S, SENDING_S
from services.notifier.release import Release
from services.notifier.tables import NOTICES
from tests.services.notifier.outside import HOUR_S, MORNING, NIGHT, Outside, Peer
from tests.services.notifier.world import START, World, request


def test_a_notice_by_day_is_handed_over_once_and_is_in_the_inbox(world: World) -> None:
    """By the first channel alone; both remember it."""
    outside = Outside(world)
    id_ = world.notify()
    world.settle()
    assert (outside.push.got, outside.mail.got) == ([id_], [])
    assert outside.slots() == [("push", "delivered", "201")]
    assert [notice.id for notice in world.inbox()] == [id_]


def test_a_notice_by_night_is_held_until_the_first_allowed_minute(world: World) -> None:
    """It says why; nothing is in the inbox before."""
    outside = Outside(world)
    world.clock.now = NIGHT
    id_ = world.notify()
    held = world.notifier.why("user-a", id_)
    assert (held.state, held.code, held.holds[0].until) == ("waiting", "quiet", iso(MORNING))
    assert held.why == [f"Held until {iso(MORNING)}: it was within your quiet hours."]
    world.clock.now = MORNING - 60
    world.settle()
    assert (outside.push.got, world.inbox()) == ([], [])
    world.clock.now = MORNING
    world.settle()
    assert outside.push.got == [id_]
    assert world.inbox()[0].arrived_at == iso(MORNING)
    assert world.notifier.why("user-a", id_).why[1] == "By push: it was handed over (201)."


def test_who_changes_zone_while_a_notice_is_held_gets_it_by_the_new_one(world: World) -> None:
    """Decided on anew when the preferences come, and at release: nine hours further east it is morning already."""
    outside = Outside(world)
    world.clock.now = NIGHT
    id_ = world.notify()
    outside.prefer(2, time_zone="Asia/Tokyo")
    world.settle()
    assert outside.push.got == [id_]


def test_a_withdrawn_consent_counts_at_release(world: World) -> None:
    """What was held for push goes out by e-mail in the morning, and into the inbox alone without any consent."""
    outside = Outside(world)
    world.clock.now = NIGHT
    first = world.notify()
    world.publish(ConsentChangedV1(purpose="push", given=False, version=1))
    world.clock.now = MORNING
    world.settle()
    assert (outside.push.got, outside.mail.got) == ([], [first])
    world.publish(ConsentChangedV1(purpose="email", given=False, version=1))
    second = world.notify()
    assert world.notifier.why("user-a", second).code == "no_consent"
    assert outside.mail.got == [first]


def test_caps_count_what_was_sent(world: World) -> None:
    """Of three notices under a cap of two, one waits until the next day, and its night is over."""
    outside = Outside(world)
    outside.prefer(2, caps=Caps(per_day=2, per_topic=9))
    ids = [world.notify(str(number), topic=f"topic-{number}") for number in range(3)]
    assert outside.push.got == ids[:2]
    assert [hold.code for hold in world.notifier.why("user-a", ids[2]).holds] == ["cap_day", "quiet"]
    world.clock.now = MORNING
    world.settle()
    assert outside.push.got == ids


def test_a_refusal_goes_on_to_the_next_channel(world: World) -> None:
    """And when none takes it, the inbox has it."""
    no = HandOver(outcome=SendOutcome.REFUSED, reason="410", ends_address=True)
    outside = Outside(world, Peer("push", [no]), Peer("email", [no]))
    id_ = world.notify()
    assert (outside.push.got, outside.mail.got) == ([id_], [id_])
    assert outside.slots() == [("push", "refused", "410"), ("email", "refused", "410")]
    assert world.notifier.why("user-a", id_).code == "channels_failed"
    assert len(world.inbox()) == 1
    world.notify()
    assert outside.push.got == outside.mail.got == [id_], "the addresses ended"


def test_an_address_that_came_anew_during_the_call_is_not_ended(world: World) -> None:
    """The answer was about the subscription before it."""
    no = HandOver(outcome=SendOutcome.REFUSED, reason="410", ends_address=True)
    outside = Outside(world, Peer("push", [no]))

    def comes_anew() -> None:
        world.clock.now += 1
        world.reach(Channel.PUSH, "push-address")

    outside.push.meanwhile = comes_anew
    first = world.notify()
    outside.push.meanwhile = None
    assert outside.push.got == outside.mail.got == [first]
    second = world.notify()
    assert outside.push.got == [first, second]


def test_every_address_of_a_channel_gets_it(world: World) -> None:
    """One that took it counts, whatever the others said; what ended is not called again."""
    no = HandOver(outcome=SendOutcome.REFUSED, reason="410", ends_address=True)
    outside = Outside(world, Peer("push", [no]))
    world.clock.now += 1
    world.reach(Channel.PUSH, "push-address again")
    first, second = world.notify(), world.notify()
    assert outside.push.got == [first, first, second]
    assert outside.slots() == [("push", "delivered", "201")] * 2


def test_what_is_not_taken_now_is_handed_over_later(world: World) -> None:
    """After the time that the peer wants, never sooner; five times at most, then by the next channel."""
    later = HandOver(outcome=SendOutcome.LATER, reason="429", retry_after_s=300.0)
    outside = Outside(world, Peer("push", [later] * 9))
    id_ = world.notify()
    world.clock.now += 299
    world.settle()
    assert outside.push.got == [id_]
    for attempt in range(2, 6):
        world.clock.now += max(300.0, BACKOFF_S * 2**attempt)
        world.settle()
    assert outside.push.got == [id_] * 5
    assert outside.mail.got == [id_]


def test_an_unknown_outcome_is_sent_again_only_by_a_person(world: World) -> None:
    """No worker repeats it, no other channel takes over; asked to, it is handed over once more."""
    outside = Outside(world, Peer("push", [HandOver(outcome=SendOutcome.UNKNOWN, reason="timeout")]))
    id_ = world.notify()
    world.clock.now += 5 * HOUR_S
    world.settle()
    assert (outside.push.got, outside.mail.got) == ([id_], [])
    assert "only if you say so" in world.notifier.why("user-a", id_).why[0]
    with pytest.raises(NotFound):
        world.notifier.send_again("user-b", id_)
    world.notifier.send_again("user-a", id_)
    world.settle()
    assert outside.push.got == [id_, id_]
    assert outside.slots() == [("push", "delivered", "201")]
    with pytest.raises(Conflict):
        world.notifier.send_again("user-a", id_)


def test_what_expired_is_not_sent_again(world: World) -> None:
    """It would go out no more: nobody is told that it will, and what is unknown stays so."""
    outside = Outside(world, Peer("push", [HandOver(outcome=SendOutcome.UNKNOWN, reason="timeout")]))
    id_ = world.notify()
    world.clock.now += 15 * 24 * HOUR_S
    with pytest.raises(Conflict, match="has expired"):
        world.notifier.send_again("user-a", id_)
    assert outside.slots() == [("push", "unknown", "timeout")]


def test_a_process_that_ends_in_a_call_leaves_an_unknown_one(world: World) -> None:
    """The slot was committed before the call; whoever comes later says unknown, and hands nothing over again."""
    outside = Outside(world, Peer("push", dies=True))
    world.publish(request())
    world.deliver()
    with pytest.raises(SystemExit):
        world.release.step()
    assert outside.slots() == [("push", "sending", "")]
    outside.push.dies, other = False, outside.worker()
    assert not other.step()
    world.clock.now += SENDING_S + 1
    other.step()
    assert outside.slots() == [("push", "unknown", "interrupted")]
    assert len(outside.push.got) == len(world.inbox()) == 1


def test_two_workers_hand_nothing_over_twice(world: World) -> None:
    """Forty notices, two workers at a time: each peer saw each once."""
    outside = Outside(world)
    outside.prefer(2, caps=Caps(per_24h=100, per_day=100, per_topic=100))
    ids = [world.publish(request(str(number))) for number in range(40)]
    world.deliver()
    begin = threading.Barrier(2)

    def run(worker: Release) -> None:
        begin.wait()
        while worker.step():
            pass

    threads = [threading.Thread(target=run, args=(outside.worker(),)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outside.push.got) == sorted(ids)
    with world.engine.connect() as connection:
        states = set(connection.execute(sa.select(NOTICES.c.state)).scalars())
    assert states == {"settled"}


def test_a_pause_holds_and_its_end_releases(world: World) -> None:
    """For a week nothing goes out; ended early, what waits goes out at once."""
    outside = Outside(world)
    world.deliver()
    assert world.notifier.pause("user-a", 7).until == iso(START + 7 * 86_400)
    id_ = world.notify()
    assert world.notifier.why("user-a", id_).code == "paused"
    assert world.notifier.pause("user-a", 0).until is None
    world.settle()
    assert outside.push.got == [id_]


def test_an_older_version_of_preferences_changes_nothing(world: World) -> None:
    """Events that come again, or late, do not undo a newer choice."""
    outside = Outside(world)
    outside.prefer(3, channels=(Channel.EMAIL,))
    outside.prefer(2)
    id_ = world.notify()
    assert (outside.push.got, outside.mail.got) == ([], [id_])


def test_a_notice_that_cannot_be_read_stops_no_other(world: World) -> None:
    """One of a user whose key is destroyed, before one of another user: the row says so, the other goes on."""
    outside = Outside(world)
    world.deliver()
    world.publish(request(), "user-b")
    world.deliver()
    world.sealer.destroy("user-b")
    id_ = world.notify()
    assert outside.push.got == [id_]
    with world.engine.connect() as connection:
        states = connection.execute(sa.select(NOTICES.c.user, NOTICES.c.state).order_by(NOTICES.c.user)).all()
    assert [tuple(row) for row in states] == [("user-a", "settled"), ("user-b", "unreadable")]
