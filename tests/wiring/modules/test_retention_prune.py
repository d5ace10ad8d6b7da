"""Pruning over a simulated year: every table that can be pruned stays as large as its retention makes it."""

import itertools
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from contracts.modules.retention import Data, RetentionPolicy, TableRetention
from tests.migrated_home import open_migrated
from tests.postgresql import without_foreign_keys
from tests.sql_tables import sql_table
from wiring.modules.retention import policies, prune, pruner
from wiring.settings import Settings, read_settings

DAY_S, START, LONGEST_DAYS = 86_400.0, 1_800_000_000.0, 1_200
SETTLED: dict[str, dict[str, Any]] = {
    "events_inbox": {"state": "done"},
    "profile_erasures": {"user": None},
    "integrations_messages": {"next_at": None},
}
"""Columns whose value decides whether a row is done with, by table."""
COUNTER = itertools.count()


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    """A fresh home, and a database."""
    environ = {"TIPBENCH_HOME": str(tmp_path / "home"), "TIPBENCH_DATABASE_URL": database_url}
    return read_settings(environ, tmp_path, None)


@pytest.fixture
def engine(settings: Settings) -> Iterator[sa.Engine]:
    """The database at its newest migration, without foreign keys and without waiting for the disk."""
    open_migrated(settings.home, settings.database_url).dispose()
    opened = without_foreign_keys(sa.make_url(settings.database_url or ""))
    if opened.dialect.name == "sqlite":
        sa.event.listen(opened, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
    yield opened
    opened.dispose()


def _prunable(policies: Sequence[RetentionPolicy]) -> list[TableRetention]:
    return [retention for policy in policies for retention in policy.tables() if retention.prune is not None]


def _row(retention: TableRetention, now: float) -> dict[str, Any]:
    """A row of that moment, unlike all others."""
    number = next(COUNTER)
    row: dict[str, Any] = {}
    table = sql_table(retention)
    for column in table.columns:
        kind = column.type.python_type
        if kind is int and list(table.primary_key) == [column]:
            continue  # the database counts
        if kind is float:
            row[column.name] = now
        elif kind is str and (column.name == "at" or column.name.endswith("_at")):
            row[column.name] = datetime.fromtimestamp(now, UTC).isoformat(timespec="microseconds")
        elif kind is str:
            row[column.name] = f"user-{number}" if retention.columns[column.name] is Data.USER else f"{number:032}"
        else:
            row[column.name] = {bytes: b"%0200d" % number, int: 1, bool: True, object: {}}[kind]
    return row | SETTLED.get(retention.table.name, {})


def _sizes(engine: sa.Engine, prunable: Sequence[TableRetention]) -> tuple[dict[str, int], int]:
    """Rows by table, and the pages of SQLite's file; PostgreSQL's own vacuum is its matter."""
    with engine.connect() as connection:
        rows = {
            retention.table.name: connection.execute(
                sa.select(sa.func.count()).select_from(sql_table(retention))
            ).scalar_one()
            for retention in prunable
        }
        statement = "PRAGMA page_count" if engine.dialect.name == "sqlite" else "SELECT 0"
        pages: int = connection.exec_driver_sql(statement).scalar_one()
    return rows, pages


@pytest.mark.slow
def test_a_year_leaves_a_bounded_size(settings: Settings, engine: sa.Engine) -> None:
    """A row every day and pruning once a week: a year after the longest retention nothing has grown."""
    known = policies(settings, engine)
    prunable = _prunable(known)
    with engine.begin() as connection:
        for retention in prunable:
            rows = [_row(retention, START + day * DAY_S) for day in range(-LONGEST_DAYS, 1)]
            connection.execute(sql_table(retention).insert(), rows)
    prune(engine, known, START)
    before, pages = _sizes(engine, prunable)
    assert all(0 < rows <= LONGEST_DAYS for rows in before.values()), before
    for last in range(7, 365, 7):
        with engine.begin() as connection:
            for retention in prunable:
                week = [_row(retention, START + day * DAY_S) for day in range(last - 6, last + 1)]
                connection.execute(sql_table(retention).insert(), week)
        pruned = prune(engine, known, START + last * DAY_S)
    after, pages_after = _sizes(engine, prunable)
    assert all(after[table] <= before[table] + 1 for table in after), (before, after)
    assert set(pruned) == set(after)
    assert pages_after <= pages


def test_a_home_without_a_database_gets_none(tmp_path: Path) -> None:
    """Pruning makes nothing."""
    settings = read_settings({"TIPBENCH_HOME": str(tmp_path / "home")}, tmp_path, None)
    assert pruner(settings)() == {}
    assert not settings.home.root.exists()


def test_many_rows_are_pruned_in_several_transactions(
    settings: Settings, engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No writer waits for all of them: 25 rows, 10 at a time, are three transactions instead of one."""
    for module in ("kit.sql.retention", "wiring.modules.retention"):
        monkeypatch.setattr(f"{module}.PRUNED_AT_ONCE", 10)
    known = policies(settings, engine)
    begun: list[object] = []
    sa.event.listen(engine, "commit", begun.append)
    prune(engine, known, START)
    without = len(begun)
    audit = next(retention for retention in _prunable(known) if retention.table.name == "audit_entries")
    with engine.begin() as connection:
        connection.execute(sql_table(audit).insert(), [_row(audit, START - 500 * DAY_S) for _ in range(25)])
    begun.clear()
    assert prune(engine, known, START)["audit_entries"] == 25
    assert len(begun) == without + 2


def test_a_home_is_pruned(settings: Settings, engine: sa.Engine) -> None:
    """What is past its time goes, what is not stays."""
    retention = next(
        retention for retention in _prunable(policies(settings, engine)) if retention.table.name == "audit_entries"
    )
    with engine.begin() as connection:
        connection.execute(
            sql_table(retention).insert(), [_row(retention, START), _row(retention, START - 500 * DAY_S)]
        )
    assert pruner(settings, lambda: START)()["audit_entries"] == 1
    assert pruner(settings, lambda: START)()["audit_entries"] == 0
