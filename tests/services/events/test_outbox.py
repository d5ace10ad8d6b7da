import threading

import pytest
import sqlalchemy as sa

from resources.privacy.user_keys import UserKeys
from services.events.tables import OUTBOX
from tests.deadline import DEADLINE_S
from tests.services.events.world import RecordingConsumer, World, rated

pytestmark = [pytest.mark.postgresql, pytest.mark.slow]


def test_two_that_tell_of_the_same_users_do_not_wait_for_each_other(pg_engine: sa.Engine, keys: UserKeys) -> None:
    """In whichever order; and each user's events come in the order of the commits, not of the writing."""
    world = World(pg_engine, keys, [RecordingConsumer()], None)
    with pg_engine.connect() as first, pg_engine.connect() as second:
        world.bus.publish(first, rated("a1", "u1"))
        world.bus.publish(second, rated("b1", "u2"))
        world.bus.publish(first, rated("a2", "u2"))
        world.bus.publish(second, rated("b2", "u1"))
        second.commit()
        world.settle()
        assert world.effects() == ["b1", "b2"]
        first.commit()
    world.settle()
    assert world.effects() == ["b1", "b2", "a1", "a2"]


def test_what_a_savepoint_undoes_is_not_said(pg_engine: sa.Engine, keys: UserKeys) -> None:
    """Nor what a rollback undoes, on a connection that goes on."""
    world = World(pg_engine, keys, [RecordingConsumer()], None)
    with pg_engine.connect() as connection:
        world.bus.publish(connection, rated("undone"))
        connection.rollback()
        world.bus.publish(connection, rated("1"))
        with connection.begin_nested() as savepoint:
            world.bus.publish(connection, rated("undone, too"))
            savepoint.rollback()
        world.bus.publish(connection, rated("2"))
        connection.commit()
        world.bus.publish(connection, rated("3"))
        connection.commit()
    world.settle()
    assert world.effects() == ["1", "2", "3"]


def test_writers_at_a_time_keep_each_users_order(pg_engine: sa.Engine, keys: UserKeys) -> None:
    """Four threads tell of three users in changing order: effects are in the order in which rows were committed."""
    world = World(pg_engine, keys, [RecordingConsumer()], None)

    def write(number: int) -> None:
        for step in range(15):
            with pg_engine.begin() as connection:
                for user in range(3):
                    whose = (user + number + step) % 3
                    world.bus.publish(connection, rated(f"{number}-{step}-{whose}", f"user-{whose}"))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        world.settle()
    for thread in threads:
        thread.join(DEADLINE_S)
    world.settle()
    effects = world.effects()
    assert len(set(effects)) == len(effects) == 4 * 15 * 3
    for number in range(4):
        for user in range(3):
            own = [
                int(id_.split("-")[1]) for id_ in effects if id_.startswith(f"{number}-") and id_.endswith(f"-{user}")
            ]
            assert own == list(range(15))
    with pg_engine.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(OUTBOX)).scalar_one() == len(effects)
