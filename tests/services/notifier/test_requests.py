"""Requests for notices become rows, once each."""

import pytest
import sqlalchemy as sa

from contracts.modules.events import Event
from kit.times import iso
from services.events.tables import DEAD
from services.notifier.tables import NOTICES
from tests.services.notifier.world import DAY_S, START, World, request


def _states(world: World) -> list[str]:
    with world.engine.connect() as connection:
        return list(connection.execute(sa.select(NOTICES.c.state)).scalars())


def test_an_event_that_comes_again_is_one_notice(world: World) -> None:
    """A copy with the same id, as a broker hands it out again, leaves the row as it is."""
    world.publish(request("one"), id_="one")
    world.settle()
    consumer = world.consumers[0]
    again = Event(id="one", source="/tests", time=iso(START), data=request("two"), user="user-a")
    with world.engine.connect() as connection, pytest.raises(sa.exc.IntegrityError):
        consumer.handle(connection, again)
    assert [notice.title for notice in world.inbox()] == ["one"]


def test_an_old_request_sends_nothing(world: World) -> None:
    """One whose time is over when it comes leaves a row that says so, and no notice."""
    world.publish(request(expires_at=iso(START + 60)))
    world.clock.now += 60
    world.settle()
    assert _states(world) == ["expired"]
    assert world.inbox() == []
    assert not world.consumers[0].replayable


def test_no_notice_lasts_for_ever(world: World) -> None:
    """Thirty days after its request it has expired, whatever it says."""
    world.notify(expires_at="2099-01-01T00:00:00+00:00")
    assert world.inbox()[0].expires_at == iso(START + 30 * DAY_S)


@pytest.mark.parametrize(
    "given",
    [
        {"title": "two\r\nBcc: everybody"},
        {"title": ""},
        {"title": "x" * 121},
        {"text": "x" * 2_001},
        {"topic": "No topic"},
        {"link": "//elsewhere.example"},
        {"link": "/\\elsewhere.example"},
        {"link": "https://elsewhere.example"},
        {"link": "/a b"},
        {"expires_at": "tomorrow"},
    ],
)
def test_a_request_that_says_nonsense_is_a_dead_letter(world: World, given: dict[str, str]) -> None:
    """It is no notice, it does not stop those behind it, and operators see it."""
    world.publish(request(**given))
    world.publish(request("behind"), "user-b")
    for _ in range(3):
        world.settle()
        world.clock.now += 3_600
    assert [notice.title for notice in world.inbox("user-b")] == ["behind"]
    assert world.inbox() == []
    with world.engine.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(DEAD)).scalar_one() == 1


def test_the_topic_is_not_in_the_clear(world: World) -> None:
    """What a notice is about and says is sealed; two users' names for a topic are different."""
    for user in ("user-a", "user-b"):
        world.notify("CANARY title", user, topic="canary-topic", text="CANARY text")
    with world.engine.connect() as connection:
        rows = connection.execute(sa.select(NOTICES)).all()
    assert "canary" not in str(rows).lower()
    assert len({row.topic for row in rows}) == 2


def test_critical_is_a_word_of_a_closed_list(world: World) -> None:
    """Another word counts as none, so that a newer publisher does no harm."""
    world.notify("one", critical="security")
    world.clock.now += 1
    world.notify("two", critical="party")
    assert [(notice.title, notice.critical) for notice in world.inbox()] == [("two", False), ("one", True)]
