import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from kit.sql.sessions import reading
from kit.sql.write_queue import QueuedConnection, WriteQueue
from resources.sql.engine import open_engine
from tests.deadline import DEADLINE_S


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    """One table in a file."""
    opened = open_engine(f"sqlite:///{tmp_path / 'tipbench.db'}")
    with opened.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE kept (number INTEGER UNIQUE)")
    yield opened
    opened.dispose()


def _queue(write_queue: WriteQueue, count: int) -> tuple[list[threading.Thread], list[int]]:
    """Threads that ask one after the other for the turn that the caller holds, and the order in which it came."""
    came: list[int] = []

    def ask(number: int) -> None:
        if write_queue.take(DEADLINE_S):
            came.append(number)
            write_queue.give()

    threads = []
    for number in range(count):
        threads.append(threading.Thread(target=ask, args=(number,)))
        threads[-1].start()
        while write_queue.waiting < number + 1:
            threading.Event().wait(0.001)
    return threads, came


def test_the_turn_goes_round_in_the_order_of_asking() -> None:
    """Nobody passes whoever asked before."""
    write_queue = WriteQueue()
    assert write_queue.take()
    threads, came = _queue(write_queue, 8)
    write_queue.give()
    for thread in threads:
        thread.join(DEADLINE_S)
    assert came == list(range(8))
    assert write_queue.take(0)


def test_who_waited_too_long_leaves_the_queue() -> None:
    """And does not get the turn later, when nobody would give it on."""
    write_queue = WriteQueue()
    assert write_queue.take()
    assert not write_queue.take(0.01)
    write_queue.give()
    assert write_queue.take(0)


def test_a_transaction_gives_its_turn_on_however_it_ends(engine: sa.Engine) -> None:
    """Commit, rollback, an exception, a statement that fails, a closed connection: the next one begins at once."""
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO kept VALUES (1)")
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO kept VALUES (2)")
        connection.rollback()
    with pytest.raises(sa.exc.IntegrityError), engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO kept VALUES (1)")
    connection = engine.connect()
    connection.exec_driver_sql("INSERT INTO kept VALUES (3)")
    connection.close()
    lost = engine.connect()
    lost.exec_driver_sql("INSERT INTO kept VALUES (4)")
    lost.invalidate()
    lost.close()
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO kept VALUES (5)")
    with reading(engine) as connection:
        assert connection.exec_driver_sql("SELECT number FROM kept ORDER BY number").scalars().all() == [1, 5]


def test_a_savepoint_keeps_the_turn(engine: sa.Engine) -> None:
    """Only the end of the whole transaction gives it on."""
    with engine.begin() as connection:
        with connection.begin_nested() as savepoint:
            savepoint.rollback()
        driver = connection.connection.driver_connection
        assert isinstance(driver, QueuedConnection)
        assert driver.write_queue is not None
        assert not driver.write_queue.take(0)
    assert driver.write_queue.take(0)
    driver.write_queue.give()


def test_another_process_is_still_waited_for(engine: sa.Engine, tmp_path: Path) -> None:
    """The turn is of this process; the file's own lock is kept to as before, and a begin that fails gives it on."""
    other = sqlite3.connect(tmp_path / "tipbench.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, QueuedConnection)
        driver.execute("PRAGMA busy_timeout=10")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            driver.begin()
        driver.execute("PRAGMA busy_timeout=10000")
    other.execute("ROLLBACK")
    other.close()
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO kept VALUES (1)")


def test_many_threads_lose_nothing(engine: sa.Engine) -> None:
    """Six threads, each with thirty transactions: all are there."""

    def write(start: int) -> None:
        for number in range(start, start + 30):
            with engine.begin() as connection:
                connection.exec_driver_sql("INSERT INTO kept VALUES (?)", (number,))

    threads = [threading.Thread(target=write, args=(100 * number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE_S)
    with reading(engine) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM kept").scalar_one() == 180
