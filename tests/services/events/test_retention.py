import json
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from contracts.modules.broker import BrokerMessage
from contracts.modules.events import UserErasedV1, UserEraseRequestedV1
from contracts.modules.retention import Data, Record
from contracts.modules.sealing import Erased
from core.canonical import content_hash
from resources.home import Home
from services.events.inbox import Inbox
from services.events.retention import DAY_S, RETENTION_S, RULES, STREAM_RETENTION_S, EventsRetention
from services.events.signal_log import SignalLog, replay
from services.events.tables import METADATA, SIGNALS
from tests.services.events.world import EFFECTS, RecordingConsumer, World, rated
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
    unseen = RecordingConsumer("fresh")
    with world.engine.begin() as connection:
        assert replay(connection, world.codec, unseen) == 700
    assert _state(world, "fresh") == _state(world, "keeper")
    with world.engine.begin() as connection, pytest.raises(ValueError, match="has seen events"):
        replay(connection, world.codec, unseen)
    with world.engine.begin() as connection, pytest.raises(ValueError, match="effects elsewhere"):
        replay(connection, world.codec, log)


def _erase(world: World, user: str) -> dict[str, int]:
    with world.engine.begin() as connection:
        tables = EventsRetention(world.codec).tables()
        return {one.table.name: one.erase(connection, user) for one in tables if one.erase is not None}


def _export(world: World, user: str) -> dict[str, list[Record]]:
    with world.engine.connect() as connection:
        tables = EventsRetention(world.codec).tables()
        return {one.table.name: list(one.export(connection, user)) for one in tables if one.export is not None}


def test_erasing_leaves_nothing_readable(world: World, log: SignalLog) -> None:
    """Rows go, copies on their way have no effect, a replay is of what is left, a late event is refused."""
    world.publish(rated("1", "a"), rated("2", "b"))
    world.settle()
    world.publish(rated("late", "a"))
    world.sealer.destroy("a")
    world.settle()
    assert _erase(world, "a") == {"events_outbox": 2, "events_inbox": 4, "events_dead": 0, "events_signals": 1}
    assert set(_erase(world, "a").values()) == {0}
    assert not any(_export(world, "a").values())
    with world.engine.begin() as connection:
        assert [found.event.id for found in log.find(connection)] == ["2"]
    assert world.effects() == ["1", "2"]
    with pytest.raises(Erased):
        world.publish(rated("later", "a"))


def test_erasing_does_not_stop_the_erasure(world: World) -> None:
    """What tells the other modules of it still comes to them, after this module has erased its own."""
    world.consumers.append(RecordingConsumer("other", [UserEraseRequestedV1]))
    world.restart()
    world.consumers[-1].fails = lambda _: True
    request = msgspec.structs.replace(rated("ask", "a"), data=UserEraseRequestedV1(erasure="e"))
    receipt = msgspec.structs.replace(rated("receipt", "a"), data=UserErasedV1(erasure="e", module="m", rows=1))
    world.publish(request)
    world.settle()
    world.publish(receipt)
    _erase(world, "a")
    world.consumers[-1].fails = lambda _: False
    world.clock.now += 100
    world.settle()
    assert world.effects("other") == ["ask"]
    assert [row["id"] for row in _export(world, "a")["events_outbox"]] == ["ask", "receipt"]


def test_a_user_is_shown_what_is_kept_of_them(world: World, log: SignalLog) -> None:
    """Opened, with ISO times; what cannot be read says so; nothing of others."""
    world.publish(rated("1", "a", comment="words"), rated("2", "b", comment="of another"))
    world.settle()
    with world.engine.begin() as connection:
        body = b'{"specversion":"1.0","id":"new","source":"/x","type":"tip.rated.v9","time":"","user":"a"}'
        Inbox(log, world.codec).absorb(connection, [BrokerMessage("new", "tip.rated.v9", body)], world.clock.now)
    shown = _export(world, "a")
    (signal,) = shown["events_signals"]
    assert (signal["at"], signal["data.comment"]) == ("2027-01-15T08:00:00+00:00", "words")
    assert shown["events_outbox"][0]["data.rating"] == 4
    assert [dead_letter["readable"] for dead_letter in shown["events_dead"]] == [False]
    assert "of another" not in str(shown)
    json.dumps(shown)


def test_every_column_is_classed(world: World) -> None:
    """And each table has a rule, in words and as a function."""
    tables = EventsRetention(world.codec).tables()
    assert {one.table.name for one in tables} == set(METADATA.tables) == set(RETENTION_S) == set(RULES)
    for one in tables:
        assert set(one.columns) == set(METADATA.tables[one.table.name].columns.keys())
        assert (one.columns["user"], one.columns["body"]) == (Data.USER, Data.SEALED)


def test_a_year_leaves_bounded_size(world: World, log: SignalLog) -> None:
    """A day's events each, pruned daily; what waits stays."""
    for day in range(40):
        world.publish(*(rated(f"{day}-{number}") for number in range(3)))
        world.settle()
        world.clock.now += 10 * DAY_S
        with world.engine.begin() as connection:
            for one in EventsRetention(world.codec).tables():
                assert one.prune is not None
                one.prune(connection, world.clock.now)
    shown = _export(world, "user-1")
    assert shown["events_outbox"] == []
    assert len(shown["events_inbox"]) <= 4 * 3 * 2
    assert RETENTION_S["events_inbox"] > STREAM_RETENTION_S
    assert log.name == "signals"


def test_the_migrations_make_the_tables(tmp_path: Path) -> None:
    """A migrated database has exactly the tables, columns and indexes that the code names."""
    engine = open_database(Home(tmp_path), None)
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), METADATA)
    engine.dispose()
    mine = [difference for difference in differences if "events_" in str(difference)]
    assert mine == []
