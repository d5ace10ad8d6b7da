"""What admins see of notices, on each kind of database; what one says is never among it."""

import msgspec
import pytest

from contracts.modules.notice_administration import Delivery, DeliveryState, NoticeCounts
from contracts.paging import InvalidCursor, PageRequest
from contracts.refusals import Conflict, NotFound
from services.notifier.delivery.slots import SENDING_S
from services.notifier.tables import NOTICES
from tests.services.notifier.outside import NIGHT, Outside, Peer
from tests.services.notifier.world import START, World, request


def _states(world: World, **where: str) -> list[tuple[str, str]]:
    found = world.notifier.deliveries(PageRequest(where=where)).rows
    assert world.notifier.count_deliveries(where) == len(found)
    return [(each.id, each.state.value) for each in found]


def _one(world: World, notice: str) -> Delivery:
    return world.notifier.delivery_history(notice).delivery


def test_notices_are_listed_by_state_channel_and_user(world: World) -> None:
    """Newest first; those of a user without a channel are in the inbox alone."""
    Outside(world)
    sent = world.notify("Walk home")
    world.clock.now = START + 1
    alone = world.notify("Walk home", user="user-b")
    world.clock.now = NIGHT
    held = world.notify("Walk home")
    assert _states(world) == [(held, "waiting"), (alone, "inbox"), (sent, "delivered")]
    assert _states(world, user="user-a") == [(held, "waiting"), (sent, "delivered")]
    assert _states(world, channel="push") == [(sent, "delivered")]
    assert _states(world, channel="email") == []
    by_state = {state: _states(world, state=state.value) for state in DeliveryState}
    assert {state: ids for state, ids in by_state.items() if ids} == {
        DeliveryState.WAITING: [(held, "waiting")],
        DeliveryState.INBOX: [(alone, "inbox")],
        DeliveryState.DELIVERED: [(sent, "delivered")],
    }


def test_nothing_of_what_a_notice_says_is_among_what_admins_see(world: World) -> None:
    """Neither its title, text and topic, nor the topic's pseudonym."""
    Outside(world)
    notice = world.notify("Walk home", text="Along the river.", topic="evenings")
    with world.engine.connect() as connection:
        topic = connection.execute(NOTICES.select().where(NOTICES.c.id == notice)).one().topic
    seen = msgspec.json.encode([world.notifier.deliveries(PageRequest()), world.notifier.delivery_history(notice)])
    assert notice.encode() in seen
    assert [word for word in ("Walk", "river", "evenings", topic) if word.encode() in seen] == []


def test_pages_follow_each_other_and_a_forged_cursor_is_refused(world: World) -> None:
    """Of notices of the same moment too, each once."""
    ids = {world.publish(request()) for _ in range(5)}
    world.settle()
    found, page = list[str](), world.notifier.deliveries(PageRequest(first=2))
    while page.more:
        found += [each.id for each in page.rows]
        page = world.notifier.deliveries(PageRequest(first=2, after=page.keys[-1]))
    found += [each.id for each in page.rows]
    assert (len(found), set(found)) == (5, ids)
    with pytest.raises(InvalidCursor):
        world.notifier.deliveries(PageRequest(after=("x", 1)))


def test_the_way_of_a_held_notice_is_told_in_steps(world: World) -> None:
    """What holds it, until when, and when it is decided on next."""
    Outside(world)
    world.clock.now = NIGHT
    history = world.notifier.delivery_history(world.notify())
    assert [(step.code, step.at is None, step.until is None) for step in history.steps] == [
        ("requested", False, True),
        ("quiet", True, False),
        ("waiting", False, True),
        ("expires", False, True),
    ]
    assert history.delivery.release_at == history.steps[1].until
    with pytest.raises(NotFound):
        world.notifier.delivery_history("nothing")


def test_an_admin_sends_again_what_is_unknown_and_nothing_else(world: World) -> None:
    """Once: then it waits, is handed over, and its outcome is known."""
    outside = Outside(world, push=Peer("push", dies=True))
    with pytest.raises(SystemExit):
        world.notify()
    (notice,) = [each for each, _ in _states(world, state="sending")]
    with pytest.raises(Conflict):
        world.notifier.hand_over_again(notice)
    world.clock.now += SENDING_S + 1
    world.settle()
    assert _states(world, state="unknown") == [(notice, "unknown")]
    outside.push.dies = False
    again = world.notifier.hand_over_again(notice)
    assert (again.delivery.state, [step.code for step in again.steps][-3:]) == (
        DeliveryState.WAITING,
        ["again", "waiting", "expires"],
    )
    world.settle()
    assert _one(world, notice).state is DeliveryState.DELIVERED
    for known in (notice, "nothing"):
        with pytest.raises((Conflict, NotFound)):
            world.notifier.hand_over_again(known)


def test_what_is_under_way_is_counted(world: World) -> None:
    """What waits with its age, what is due, and hand-overs with an unknown outcome."""
    assert world.notifier.notice_counts() == NoticeCounts(
        waiting=0, due=0, sending=0, unknown=0, oldest_waiting_s=0.0, overdue_s=0.0
    )
    Outside(world, push=Peer("push", dies=True))
    with pytest.raises(SystemExit):
        world.notify()
    assert world.notifier.notice_counts().sending == 1
    world.clock.now = NIGHT
    world.settle()
    world.notify()
    world.clock.now = NIGHT + 60
    world.publish(request())
    world.deliver()
    world.clock.now = NIGHT + 90
    counts = world.notifier.notice_counts()
    assert (counts.waiting, counts.due, counts.sending, counts.unknown) == (2, 1, 0, 1)
    assert (round(counts.oldest_waiting_s), round(counts.overdue_s)) == (90, 30)


def test_what_a_channel_took_is_delivered_while_another_may_follow(world: World) -> None:
    """Until it was seen for long enough it is decided on again, and counts as nothing that waits."""
    Outside(world).prefer(2, unseen_hours=6)
    notice = world.notify()
    assert _states(world, state="delivered") == [(notice, "delivered")]
    assert _states(world, state="waiting") == []
    assert world.notifier.notice_counts().waiting == 0
    steps = world.notifier.delivery_history(notice).steps
    assert [step.code for step in steps][-3:] == ["unseen", "waiting", "expires"]
