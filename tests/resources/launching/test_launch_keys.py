"""Idempotency keys of launches, on each kind of database."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from contracts.refusals import Conflict, InProgress, InvalidInput
from resources.launching.launch_keys import LaunchKeys
from resources.sql.engine import open_engine
from resources.sql.tables import LAUNCHES, METADATA
from tests.deadline import DEADLINE_S

NAME = "tip-bench-keyed"


@dataclass
class Store:
    """The table, and a time that the test sets."""

    engine: sa.Engine
    time: str = "2027-01-15T08:00:00.000000+00:00"

    def keys(self) -> LaunchKeys:
        """As one process has them."""
        return LaunchKeys(self.engine, lambda: self.time)

    def launch(self, keys: LaunchKeys, run: str, body: str = "body") -> str:
        """The run that the key stands for."""
        with keys.claim("user-1", "launch", "key-1", body, NAME) as claim:
            if claim.run_id is None:
                claim.launched(run)
                return run
            return claim.run_id


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """No keys."""
    engine = open_engine(database_url)
    METADATA.create_all(engine)
    yield Store(engine)
    engine.dispose()


def test_a_key_stands_for_its_first_run(store: Store) -> None:
    """Also when another process asks; with other options it is a conflict."""
    assert store.launch(store.keys(), "run-1") == "run-1"
    assert store.launch(store.keys(), "run-2") == "run-1"
    with pytest.raises(Conflict):
        store.launch(store.keys(), "run-3", body="other")


def test_a_launch_that_failed_frees_its_key(store: Store) -> None:
    """It may be used again."""
    keys = store.keys()
    with pytest.raises(RuntimeError), keys.claim("user-1", "launch", "key-1", "body", NAME):
        raise RuntimeError("planted")
    assert store.launch(keys, "run-2") == "run-2"


def test_one_thread_at_a_time_holds_a_key(store: Store) -> None:
    """The others are told that it is being launched."""
    keys, refused = store.keys(), []
    with keys.claim("user-1", "launch", "key-1", "body", NAME):

        def ask() -> None:
            try:
                store.launch(keys, "run-2")
            except InProgress as error:
                refused.append(error)

        asking = [threading.Thread(target=ask) for _ in range(4)]
        for thread in asking:
            thread.start()
        for thread in asking:
            thread.join(DEADLINE_S)
    assert len(refused) == 4


def test_many_processes_launch_once(store: Store) -> None:
    """Whoever writes the row first counts, and nobody else's claim is fresh."""
    are_new = []

    def ask() -> None:
        with store.keys().claim("user-1", "launch", "key-1", "body", NAME) as claim:
            are_new.append(claim.is_new)

    asking = [threading.Thread(target=ask) for _ in range(8)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join(DEADLINE_S)
    assert sorted(are_new) == [False] * 7 + [True]


def test_keys_are_forgotten_after_a_week(store: Store) -> None:
    """The row goes when the next key is claimed."""
    store.launch(store.keys(), "run-1")
    store.time = "2027-01-22T08:00:01.000000+00:00"
    assert store.launch(store.keys(), "run-2") == "run-2"
    with store.engine.connect() as connection:
        assert connection.scalars(sa.select(LAUNCHES.c.run_id)).all() == ["run-2"]


@pytest.mark.parametrize("key", ["", "x" * 201, "a\nb", "a\x00b"])
def test_a_key_is_short_and_printable(store: Store, key: str) -> None:
    """Anything else is refused before it is looked up."""
    with pytest.raises(InvalidInput), store.keys().claim("user-1", "launch", key, "body", NAME):
        pass
