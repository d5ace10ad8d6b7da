"""What counts of several notices that are decided on together, and that all of it is written at once."""

from dataclasses import dataclass, field
from typing import Any

import pytest
import sqlalchemy as sa

from contracts.modules.profile import Caps, Channel
from services.notifier.channels.sender import HandOver, SendOutcome
from services.notifier.delivery.due_batch import DueBatch
from services.notifier.delivery.slots import BACKOFF_S
from services.notifier.tables import DELIVERIES, NOTICES
from tests.services.notifier.outside import Outside, Peer
from tests.services.notifier.world import World, request

LATER = HandOver(outcome=SendOutcome.LATER, reason="429")
MOST_FOR_A_BATCH = 30


@dataclass
class Statements:
    """What an engine was given to execute since `count` was entered."""

    engine: sa.Engine
    seen: list[str] = field(default_factory=list)

    def __enter__(self) -> list[str]:
        sa.event.listen(self.engine, "before_cursor_execute", self._note)
        return self.seen

    def __exit__(self, *_: object) -> None:
        sa.event.remove(self.engine, "before_cursor_execute", self._note)

    def _note(self, _: Any, __: Any, statement: str, *___: Any) -> None:
        self.seen.append(statement)


def test_caps_count_what_is_released_in_the_same_batch(world: World) -> None:
    """Of five that are due at once two go out by day, the rest is held as if they had come one by one."""
    outside = Outside(world)
    outside.prefer(2, caps=Caps(per_day=2, per_24h=9, per_topic=9))
    for each in range(5):
        world.publish(request(f"Tip {each}"))
    world.settle()
    assert len(outside.push.got) == 2
    with world.engine.connect() as connection:
        held = connection.execute(sa.select(NOTICES.c.code).where(NOTICES.c.state == "waiting")).scalars().all()
    assert held == ["cap_day"] * 3


def test_a_batch_takes_as_many_statements_as_one_notice(world: World) -> None:
    """Forty notices of ten users who are reached nowhere, and of one who is: read and written together."""
    Outside(world)
    for each in range(40):
        world.publish(request(f"Tip {each}", topic=f"topic {each}"), f"user-{each % 10}")
    world.publish(request("One more"))
    world.deliver()
    with Statements(world.engine) as seen:
        assert world.release.step()
    assert len(seen) < MOST_FOR_A_BATCH


def test_what_was_not_taken_is_taken_again_with_its_next_attempt(world: World) -> None:
    """A slot that the peer surely does not have is that of the next attempt, of several notices in one batch."""
    outside = Outside(world, push=Peer("push", [LATER, LATER]))
    for topic in ("sleep", "work"):
        world.publish(request(topic=topic))
    world.settle()
    assert [state for _, state, _ in outside.slots()] == ["later", "later"]
    world.clock.now += BACKOFF_S * 2
    world.settle()
    with world.engine.connect() as connection:
        attempts = connection.execute(sa.select(DELIVERIES.c.state, DELIVERIES.c.attempts)).all()
    assert [tuple(row) for row in attempts] == [("delivered", 2)] * 2


def test_a_slot_that_may_be_with_the_peer_is_never_taken(world: World) -> None:
    """Whoever takes it nevertheless is stopped by the table, and nothing of the batch counts."""
    Outside(world)
    id_ = world.notify()
    with world.engine.connect() as connection:
        row = connection.execute(sa.select(NOTICES).where(NOTICES.c.id == id_)).one()

    def take() -> None:
        with world.notifier.store.writing() as connection:
            batch = DueBatch(connection, [row], world.clock.now)
            assert batch.tried(id_) == {Channel.PUSH}
            batch.write(row, {"code": "changed"})
            batch.claim(row, Channel.PUSH)
            batch.flush()

    with pytest.raises(sa.exc.IntegrityError):
        take()
    with world.engine.connect() as connection:
        assert connection.execute(sa.select(NOTICES.c.code)).scalar_one() == "delivered"
