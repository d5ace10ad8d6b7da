"""SQLite's log shrinks after a large transaction, readers wait for no writer, PostgreSQL is asked nothing about NUL."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
import sqlalchemy as sa

from contracts.refusals import InvalidInput
from kit.sql.sessions import reading, snapshot
from resources.sql.engine import open_engine
from tests.deadline import DEADLINE_S
from tests.postgresql import Cluster

WRITERS = 40
"""As many as a server has threads that may write at once."""
LIMIT = 4_194_304


def test_the_log_does_not_stay_at_its_largest(tmp_path: Path) -> None:
    """Held up by a reader it grows; once that has ended, the next transactions bring it back below its limit."""
    engine = open_engine(f"sqlite:///{tmp_path / 'tipbench.db'}")
    log = tmp_path / "tipbench.db-wal"
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE large (number INTEGER PRIMARY KEY, body BLOB)")
    with snapshot(engine) as reader:
        reader.exec_driver_sql("SELECT count(*) FROM large").scalar_one()
        for number in range(3):
            _write(engine, number, 3_000_000)
        assert log.stat().st_size > 2 * LIMIT
    for number in range(3, 6):
        _write(engine, number, 100)
    assert log.stat().st_size <= LIMIT
    engine.dispose()


def _write(engine: sa.Engine, number: int, size: int) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO large VALUES (?, ?)", (number, b"x" * size))


def test_reading_goes_on_while_forty_threads_wait_to_write(tmp_path: Path) -> None:
    """Each of them holds a connection: authentication must find one all the same."""
    engine = open_engine(f"sqlite:///{tmp_path / 'tipbench.db'}")
    holding = Barrier(WRITERS + 1)

    def write() -> None:
        with engine.connect() as connection:  # held from here on, as by one that waits for the write lock
            holding.wait(DEADLINE_S)
            holding.wait(DEADLINE_S)
            connection.rollback()

    with ThreadPoolExecutor(WRITERS) as pool:
        waiting = [pool.submit(write) for _ in range(WRITERS)]
        holding.wait(DEADLINE_S)
        with reading(engine) as connection:
            assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1
        holding.wait(DEADLINE_S)
        for each in waiting:
            each.result()
    engine.dispose()


@pytest.mark.slow
@pytest.mark.postgresql
def test_a_text_with_a_nul_is_refused_where_it_is_not_stored(cluster: Cluster) -> None:
    """It is a caller's fault and no defect, whether it is looked for or written; the connection goes on."""
    with cluster.database() as name:
        engine = open_engine(cluster.url(name))
        for given in ({"text": "a\0"}, [{"text": "a"}, {"text": "\0"}]):
            with pytest.raises(InvalidInput, match="NUL"), reading(engine) as connection:
                connection.execute(sa.text("SELECT :text"), given)
        with reading(engine) as connection:
            assert connection.execute(sa.text("SELECT :text"), {"text": "a"}).scalar_one() == "a"
        engine.dispose()
