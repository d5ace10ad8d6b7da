import threading
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from contracts.refusals import Conflict, Unavailable
from kit.sql.store import Store
from tests.deadline import DEADLINE_S

ADD = sa.text("INSERT INTO kept VALUES (:number)")
COUNT = sa.text("SELECT count(*) FROM kept")
HIDDEN = {"number": 4711}


@pytest.fixture
def store(engine: sa.Engine) -> Store:
    """The sessions of a module whose things these are."""
    return Store(engine, "things", lock=7)


def test_a_transaction_is_all_or_nothing(store: Store) -> None:
    """A refusal inside takes back what was written, and goes on as it is."""

    def refuse() -> None:
        with store.writing() as connection:
            connection.execute(ADD, {"number": 1})
            raise Conflict("no")

    with pytest.raises(Conflict):
        refuse()
    with store.reading() as connection:
        assert connection.execute(COUNT).scalar_one() == 0


def test_a_store_that_is_away_is_said_without_its_text(
    store: Store, lose_store: Callable[[], None], caplog: pytest.LogCaptureFixture
) -> None:
    """Reading and writing raise Unavailable; the log has the class only."""
    lose_store()
    for way in (store.reading, store.snapshot, store.writing):
        with pytest.raises(Unavailable, match=r"^the store of things cannot be reached$"), way() as connection:
            connection.execute(ADD, HIDDEN)
    assert "4711" not in caplog.text
    assert caplog.messages == ["the store of things cannot be reached: OperationalError"] * 3


def test_reads_of_a_snapshot_see_the_same_commit(store: Store) -> None:
    """What another commits between two of them is not there."""
    with store.snapshot() as connection:
        before = connection.execute(COUNT).scalar_one()
        with store.writing() as other:
            other.execute(ADD, {"number": 1})
        assert connection.execute(COUNT).scalar_one() == before
    with store.snapshot() as connection:
        assert connection.execute(COUNT).scalar_one() == before + 1


def test_a_defect_is_not_taken_for_an_absence(store: Store) -> None:
    """A broken rule of the tables stays what it is."""
    with pytest.raises(sa.exc.IntegrityError), store.writing() as connection:
        connection.execute(ADD, [HIDDEN, HIDDEN])


def test_changes_come_one_at_a_time(store: Store) -> None:
    """What is read inside stays true: threads that each add one to what they counted lose nothing."""

    def add() -> None:
        for _ in range(10):
            with store.writing() as connection:
                connection.execute(ADD, {"number": connection.execute(COUNT).scalar_one()})

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE_S)
    with store.reading() as connection:
        assert connection.execute(COUNT).scalar_one() == 40
