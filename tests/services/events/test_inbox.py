from collections.abc import Sequence

import pytest
import sqlalchemy as sa

from contracts.modules.database import Transaction
from contracts.modules.events import Event
from resources.privacy.user_keys import UserKeys
from tests.services.events.world import EFFECTS, RecordingConsumer, World, rated


class ManyAtOnce(RecordingConsumer):
    """A consumer that has several effects in one statement; `calls` says how many events came at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[int] = []

    def handle_all(self, transaction: Transaction, events: Sequence[Event]) -> None:
        """Keep a row each; raises, after its effects, when one of them fails."""
        self.calls.append(len(events))
        rows = [{"consumer": self.name, "event": event.id, "user": event.user, "rating": None} for event in events]
        transaction.execute(EFFECTS.insert(), rows)
        if any(self.fails(event) for event in events):
            raise RuntimeError("the effects before this are undone")


@pytest.fixture
def many(engine: sa.Engine, keys: UserKeys) -> World:
    """A world with such a consumer."""
    return World(engine, keys, [ManyAtOnce()], None)


def _calls(world: World) -> list[int]:
    (consumer,) = world.consumers
    assert isinstance(consumer, ManyAtOnce)
    return consumer.calls


def test_a_batch_is_handled_at_once(many: World) -> None:
    """Events of several users in one call, in order; a single one is handled by itself."""
    many.publish(rated("1", "a"), rated("2", "b"), rated("3", "a"))
    many.settle()
    many.publish(rated("4", "a"))
    many.settle()
    assert many.effects() == ["1", "2", "3", "4"]
    assert _calls(many) == [3]


def test_one_that_fails_is_found_out(many: World) -> None:
    """The batch is undone and each is handled by itself: the bad one waits with what comes after it of its user."""
    many.consumers[0].fails = lambda event: event.id == "bad"
    many.publish(rated("1", "a"), rated("bad", "a"), rated("2", "b"), rated("3", "a"))
    many.settle()
    assert many.effects() == ["1", "2"]
    many.consumers[0].fails = lambda _: False
    many.clock.now += 1
    many.settle()
    assert many.effects() == ["1", "2", "bad", "3"]


def test_those_of_an_erased_user_are_left_out(many: World) -> None:
    """Before it was delivered the key went: nothing of theirs is handed over, the others' is."""
    many.publish(rated("1", "a"), rated("2", "b"), rated("3", "c"))
    many.sealer.destroy("a")
    many.settle()
    assert many.effects() == ["2", "3"]
    assert _calls(many) == [2]
