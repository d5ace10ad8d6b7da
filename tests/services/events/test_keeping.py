from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from contracts.sealing import Erased
from core.canonical import content_hash
from resources.home import Home
from services.events.keeping import DAY_S, KEPT_S, STREAM_KEPT_S, erase, held_of, prune
from services.events.signals import SignalLog, replay
from services.events.tables import METADATA, SIGNALS
from tests.services.events.world import EFFECTS, Keeper, World, rated
from wiring.database import open_database


@pytest.fixture
def log(world: World) -> SignalLog:
    """The signal log as a second consumer."""
    made = SignalLog(world.codec)
    world.consumers.append(made)  # type: ignore[arg-type]  # any consumer will do
    world.restart()
    return made


def _state(world: World, consumer: str) -> str:
    columns = (EFFECTS.c.event, EFFECTS.c.user, EFFECTS.c.rating)
    query = sa.select(*columns).where(EFFECTS.c.consumer == consumer).order_by(EFFECTS.c.position)
    with world.engine.connect() as connection:
        return content_hash([list(row) for row in connection.execute(query)])


def test_the_signal_log_is_asked_by_time_and_user(world: World, log: SignalLog) -> None:
    """In the order of the log; the payload is open to whoever may ask."""
    world.publish(rated("1", "a", comment="words"), rated("2", "b"), rated("3", "a"))
    world.settle()
    with world.engine.connect() as connection:
        at = connection.execute(sa.select(SIGNALS.c.at)).scalars().first()
        assert at is not None
        assert [found.event.id for found in log.find(connection, user="a")] == ["1", "3"]
        assert log.find(connection, user="a", limit=1)[0].event == rated("1", "a", comment="words")
        assert len(log.find(connection, since=at, until=at + 1)) == 3
        assert log.find(connection, until=at) == []
        assert [found.event.id for found in log.find(connection, after=2)] == ["3"]


def test_a_replay_gives_the_state_of_live(world: World, log: SignalLog) -> None:
    """Into a new consumer, to the same hash; never twice, and never into one that acts outside."""
    world.publish(*(rated(str(number), f"user-{number % 5}", number % 5 + 1) for number in range(700)))
    world.settle()
    fresh = Keeper("fresh")
    with world.engine.begin() as connection:
        assert replay(connection, world.codec, fresh) == 700
    assert _state(world, "fresh") == _state(world, "keeper")
    with world.engine.begin() as connection, pytest.raises(ValueError, match="has seen events"):
        replay(connection, world.codec, fresh)
    with world.engine.begin() as connection, pytest.raises(ValueError, match="effects elsewhere"):
        replay(connection, world.codec, log)


def test_erasing_leaves_nothing_readable(world: World, log: SignalLog) -> None:
    """Rows go, copies on their way have no effect, a replay is of what is left, a late event is refused."""
    world.publish(rated("1", "a"), rated("2", "b"))
    world.settle()
    world.publish(rated("late", "a"))
    world.sealer.destroy("a")
    world.settle()
    with world.engine.begin() as connection:
        assert erase(connection, "a") == 2 + 2 * 2 + 1
        assert erase(connection, "a") == 0
        assert set(held_of(connection, "a").values()) == {0}
        assert [found.event.id for found in log.find(connection)] == ["2"]
    assert world.effects() == ["1", "2"]
    with pytest.raises(Erased):
        world.publish(rated("later", "a"))


def test_a_year_leaves_bounded_size(world: World, log: SignalLog) -> None:
    """A day's events each, pruned daily; what waits stays."""
    for day in range(40):
        world.publish(*(rated(f"{day}-{number}") for number in range(3)))
        world.settle()
        world.clock.now += 10 * DAY_S
        with world.engine.begin() as connection:
            prune(connection, world.clock.now)
    with world.engine.connect() as connection:
        counts = held_of(connection, "user-1")
    assert counts["events_outbox"] == 0
    assert counts["events_inbox"] <= 4 * 3 * 2
    assert KEPT_S["events_inbox"] > STREAM_KEPT_S
    assert set(KEPT_S) == set(METADATA.tables)
    assert log.name == "signals"


def test_the_migrations_make_the_tables(tmp_path: Path) -> None:
    """A migrated database has exactly the tables, columns and indexes that the code names."""
    engine = open_database(Home(tmp_path), None)
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), METADATA)
    engine.dispose()
    mine = [difference for difference in differences if "events_" in str(difference)]
    assert mine == []
