"""What delivery promises, asked of both ways of it."""

import random
import uuid

import msgspec
import sqlalchemy as sa

from contracts.modules.broker import BrokerMessage
from contracts.modules.events import Event, SessionRevokedV1
from services.events.dead_letters import dead_letters, lag_of, redeliver
from services.events.inbox import Inbox
from services.events.tables import OUTBOX
from tests.services.events.world import World, rated


def _ids(count: int) -> list[str]:
    return [str(uuid.UUID(int=number)) for number in range(count)]


def test_committed_events_have_their_effect_once_and_in_order(world: World) -> None:
    """However often delivery is asked."""
    ids = _ids(300)
    for start in range(0, 300, 50):
        world.publish(*(rated(id_) for id_ in ids[start : start + 50]))
        world.settle()
    world.settle()
    assert world.effects() == ids


def test_what_is_rolled_back_was_never_said(world: World) -> None:
    """The event goes with the change that caused it."""
    transaction = world.engine.connect()
    transaction.begin()
    world.bus.publish(transaction, rated("gone"))
    transaction.rollback()
    transaction.close()
    world.publish(rated("kept"))
    world.settle()
    assert world.effects() == ["kept"]


def test_a_message_sent_again_has_no_second_effect(world: World) -> None:
    """As after a relay that died before it noted what it sent."""
    world.publish(*(rated(id_) for id_ in _ids(20)))
    world.settle()
    with world.engine.begin() as connection:
        connection.execute(OUTBOX.update().values(sent_at=None))
    world.restart()
    world.settle()
    assert world.effects() == _ids(20)


def test_a_failure_is_undone_and_tried_again_with_growing_delays(world: World) -> None:
    """The effect that came before the exception is not there; tries come after 1 and 2 seconds, not before."""
    world.consumers[0].fails = lambda event: event.id == "bad"
    world.publish(rated("bad"), rated("other", user="user-2"))
    world.settle()
    assert world.effects() == ["other"]
    tries = []
    world.consumers[0].fails = lambda event: bool(tries.append(event.id)) or event.id == "bad"  # type: ignore[func-returns-value]  # append and go on
    for _ in range(9):
        world.settle()
        tries.append(str(world.clock.now))
        world.clock.now += 0.5
    start = 1_800_000_000.0
    before = [tries[position - 1] for position, entry in enumerate(tries) if entry == "bad"]
    assert before == [str(start + 0.5), str(start + 2.5)]


def test_a_clock_that_is_set_back_or_forth_keeps_nothing_waiting(world: World) -> None:
    """After a step back what waits is tried again at once instead of a day late; order and effects are as ever."""
    world.consumers[0].fails = lambda event: event.id == "bad"
    world.publish(rated("bad"), rated("next"))
    world.settle()
    world.clock.now -= 86_400
    world.consumers[0].fails = lambda _: False
    world.publish(rated("after"))
    world.settle()
    assert world.effects() == ["bad", "next", "after"]
    world.clock.now += 2 * 86_400
    world.publish(rated("later"))
    world.settle()
    assert world.effects() == ["bad", "next", "after", "later"]


def test_events_of_a_user_wait_behind_a_failed_one(world: World) -> None:
    """And follow it in order once it is done, while other users' go on."""
    world.consumers[0].fails = lambda event: event.id == "a1"
    world.publish(rated("a1", "a"), rated("a2", "a"), rated("b1", "b"))
    world.settle()
    world.publish(rated("a3", "a"), rated("b2", "b"))
    world.settle()
    assert world.effects() == ["b1", "b2"]
    world.consumers[0].fails = lambda _: False
    world.clock.now += 1
    world.settle()
    assert world.effects() == ["b1", "b2", "a1", "a2", "a3"]


def test_what_fails_for_good_is_a_dead_letter_and_can_be_driven_again(world: World) -> None:
    """Three tries; the letter names the class of the error and not its text; the user's later events go on."""
    world.consumers[0].fails = lambda event: event.id == "bad"
    world.publish(rated("bad"), rated("next"))
    for _ in range(5):
        world.settle()
        world.clock.now += 100
    assert world.effects() == ["next"]
    with world.engine.begin() as connection:
        (dead_letter,) = dead_letters(connection, "keeper")
        assert (dead_letter.id, dead_letter.error, dead_letter.attempts) == ("bad", "RuntimeError", 3)
        assert lag_of(connection, "keeper", world.clock.now).dead == 1
        world.consumers[0].fails = lambda _: False
        assert redeliver(connection, "keeper", ["bad"], world.clock.now) == 1
        assert dead_letters(connection) == []
    world.settle()
    world.settle()
    assert world.effects() == ["next", "bad"]


def test_lag_counts_what_waits_and_how_long(world: World) -> None:
    """Unsent events and failed ones; nothing when all is done."""
    world.publish(rated("one"), rated("two"))
    world.clock.now += 7
    with world.engine.begin() as connection:
        lag = lag_of(connection, "keeper", world.clock.now)
    assert (lag.waiting, lag.oldest_s) == (2, 7.0)
    world.settle()
    with world.engine.begin() as connection:
        assert lag_of(connection, "keeper", world.clock.now).waiting == 0


def test_the_trace_of_a_request_comes_to_the_consumer(world: World) -> None:
    """From the outbox row on, also when the event is tried again."""
    trace, seen = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", []

    def fails(event: Event) -> bool:
        seen.append(event.traceparent)
        return len(seen) == 1

    world.consumers[0].fails = fails
    world.publish(msgspec.structs.replace(rated("1"), traceparent=trace))
    world.settle()
    world.clock.now += 5
    world.settle()
    assert seen == [trace, trace]


def test_other_types_pass_by(world: World) -> None:
    """A consumer sees only what it takes."""
    data = SessionRevokedV1(credential="session-1", reason="signed_out")
    world.publish(Event(id="other", source="/tests", time="2027-01-15T08:00:00+00:00", data=data, user="user-1"))
    world.settle()
    assert world.effects() == []


def test_random_failures_and_restarts_lose_and_double_nothing(world: World) -> None:
    """Seeded: a fifth of the tries fails, everything in memory is forgotten now and then; order per user holds."""
    random_bytes = random.Random(5)  # noqa: S311  # a seeded course of faults
    world.consumers[0].fails = lambda _: random_bytes.random() < 0.2
    world.publish(*(rated(id_, f"user-{number % 7}") for number, id_ in enumerate(_ids(140))))
    for _ in range(60):
        world.settle()
        world.clock.now += 3
        if random_bytes.random() < 0.2:
            world.restart()
        with world.engine.begin() as connection:
            ids = [dead_letter.id for dead_letter in dead_letters(connection)]
            redeliver(connection, "keeper", ids, world.clock.now)
    assert sorted(world.effects()) == _ids(140)


def test_a_message_of_a_newer_version_is_kept_as_a_dead_letter(world: World) -> None:
    """Nothing is dropped silently: a newer program can be given it again."""
    body = b'{"specversion":"1.0","id":"new","source":"/x","type":"tip.rated.v9","time":"2027-01-15T08:00:00Z"}'
    with world.engine.begin() as connection:
        inbox = Inbox(world.consumers[0], world.codec)
        assert inbox.absorb(connection, [BrokerMessage("new", "tip.rated.v9", body)], world.clock.now) == 1
        (dead_letter,) = dead_letters(connection)
    assert dead_letter.error == "UnknownType"


def test_nothing_personal_is_stored_in_the_clear(world: World) -> None:
    """A comment is not in the bytes that are kept."""
    world.publish(rated("one", comment="CANARY-comment"))
    with world.engine.begin() as connection:
        (body,) = connection.execute(sa.select(OUTBOX.c.body)).scalars()
    assert b"CANARY" not in body
    assert world.codec.decode(body) == rated("one", comment="CANARY-comment")
