import threading

import pytest
import sqlalchemy as sa

from kit.sql.sessions import reading, snapshot, take_lock
from tests.deadline import DEADLINE_S

COUNT = sa.text("SELECT count(*) FROM kept")


def _add(engine: sa.Engine, number: int) -> None:
    with engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO kept VALUES (:number)"), {"number": number})


def test_reading_sees_the_last_commit_each_time(engine: sa.Engine) -> None:
    """What others commit between two statements is seen by the second, and nobody waits for the reader."""
    with reading(engine) as connection:
        assert connection.execute(COUNT).scalar_one() == 0
        _add(engine, 1)
        assert connection.execute(COUNT).scalar_one() == 1


def test_a_snapshot_is_of_one_moment(engine: sa.Engine) -> None:
    """What others commit after its first statement is not seen, and nobody waits for the reader."""
    with snapshot(engine) as connection:
        assert connection.execute(COUNT).scalar_one() == 0
        _add(engine, 1)
        assert connection.execute(COUNT).scalar_one() == 0
    with snapshot(engine) as connection:
        assert connection.execute(COUNT).scalar_one() == 1


def test_a_snapshot_ends_however_its_block_ends(engine: sa.Engine) -> None:
    """After an exception the connection goes back without a transaction: the next reader sees the last commit."""

    def fail() -> None:
        with snapshot(engine) as connection:
            connection.execute(COUNT)
            raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        fail()
    _add(engine, 1)
    with reading(engine) as connection:
        assert connection.execute(COUNT).scalar_one() == 1


@pytest.mark.parametrize("key", [(7,), (7, -8)])
def test_a_lock_is_held_until_the_transaction_ends(engine: sa.Engine, key: tuple[int, ...]) -> None:
    """A second transaction goes on only after the first is over."""
    order: list[str] = []

    def second() -> None:
        with engine.begin() as connection:
            take_lock(connection, *key)
            order.append("second")

    thread = threading.Thread(target=second)
    with engine.begin() as connection:
        take_lock(connection, *key)
        thread.start()
        connection.execute(COUNT)
        order.append("first")
    thread.join(DEADLINE_S)
    assert order == ["first", "second"]
