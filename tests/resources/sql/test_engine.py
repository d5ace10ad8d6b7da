"""The file of SQLite's write-ahead log shrinks again after a transaction that made it large."""

from pathlib import Path

import sqlalchemy as sa

from kit.sql.sessions import snapshot
from resources.sql.engine import open_engine

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
