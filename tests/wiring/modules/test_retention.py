"""Every table of the one database is somebody's: classed, with a retention, an export and an erasure."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from contracts.modules.retention import Data, RetentionPolicy, TableRetention
from tests.migrated_home import open_migrated
from tests.postgresql import without_foreign_keys
from tests.sql_tables import sql_table
from wiring.modules import all_modules
from wiring.modules.retention import policies
from wiring.settings import read_settings

PERSONAL = {Data.USER, Data.SEALED}
WHO = "user-planted"
AWAITED: tuple[str, ...] = ()
"""Prefixes of tables whose module has no retention policy yet."""


@pytest.fixture
def bench(tmp_path: Path, database_url: str) -> Iterator[tuple[sa.Engine, Sequence[RetentionPolicy]]]:
    """A database with every branch at its head, and whoever keeps its tables."""
    settings = read_settings({"TIPBENCH_HOME": str(tmp_path / "home")}, tmp_path, None)
    engine = open_migrated(settings.home, database_url)
    yield engine, policies(settings, engine)
    engine.dispose()


@pytest.fixture
def engine(bench: tuple[sa.Engine, Sequence[RetentionPolicy]]) -> sa.Engine:
    """The database."""
    return bench[0]


@pytest.fixture
def known(bench: tuple[sa.Engine, Sequence[RetentionPolicy]]) -> Sequence[RetentionPolicy]:
    """Return the retention policies of all modules."""
    return bench[1]


def _faults(tables: Mapping[str, set[str]], policies: Sequence[RetentionPolicy]) -> list[str]:
    """What is wrong, in a sentence each, of tables by name with the names of their columns."""
    pairs = [(policy.name, each) for policy in policies for each in policy.tables()]
    named = [one.table.name for _, one in pairs]
    said = [f"{table} is kept by nobody" for table in tables if table not in named and not table.startswith(AWAITED)]
    said += [f"{name} is kept twice" for name in sorted(set(named)) if named.count(name) > 1]
    for policy, one in pairs:
        said += [f"{policy}: {fault}" for fault in _faults_of(one, tables.get(one.table.name))]
    return said


def _faults_of(retention: TableRetention, columns: set[str] | None) -> list[str]:
    name = retention.table.name
    if columns is None:
        return [f"{name} is no table of the database"]
    said = [f"{name}.{column} has no class" for column in sorted(columns - retention.columns.keys())]
    said += [f"{name}.{column} is no column" for column in sorted(retention.columns.keys() - columns)]
    if not retention.rule.strip():
        said.append(f"{name} has no retention")
    if PERSONAL & set(retention.columns.values()):
        said += [f"{name} has no export"] if retention.export is None else []
        said += [f"{name} has no erasure"] if retention.erase is None else []
    return said


def _tables(engine: sa.Engine) -> dict[str, set[str]]:
    inspector = sa.inspect(engine)
    names = [name for name in inspector.get_table_names() if name != "alembic_version"]
    return {name: {column["name"] for column in inspector.get_columns(name)} for name in names}


def test_every_table_is_kept_by_somebody(engine: sa.Engine, known: Sequence[RetentionPolicy]) -> None:
    """No table without a retention policy, no column without a class, nothing personal without a way out and away."""
    assert _faults(_tables(engine), known) == []


def test_a_module_declares_the_tables_that_it_retains(known: Sequence[RetentionPolicy]) -> None:
    """Its record's tables are those of its retention, neither more nor fewer."""
    retained = {policy.name: {each.table.name for each in policy.tables()} for policy in known}
    declared = {module.name: {table.name for table in module.tables()} for module in all_modules() if module.tables()}
    assert retained == declared


def test_a_table_is_waited_for_only_until_its_module_keeps_it(
    engine: sa.Engine, known: Sequence[RetentionPolicy]
) -> None:
    """No prefix stays in the list of exceptions once a policy names a table of it."""
    named = {retention.table.name for policy in known for retention in policy.tables()}
    assert [name for name in named if name.startswith(AWAITED)] == []
    assert all(any(table.startswith(prefix) for table in _tables(engine)) for prefix in AWAITED)


PLANTED = sa.Table("planted", sa.MetaData(), sa.Column("id", sa.Text, primary_key=True), sa.Column("user", sa.Text))
WHOLE = TableRetention(
    table=PLANTED,
    columns={"id": Data.PLAIN, "user": Data.USER},
    rule="7 days",
    prune=lambda *_: 0,
    export=lambda *_: iter(()),
    erase=lambda *_: 0,
)


class Planted:
    """A retention policy for what a test plants."""

    name = "planted"

    def __init__(self, *retention: TableRetention) -> None:
        self._tables = retention

    def tables(self) -> Sequence[TableRetention]:
        """As planted."""
        return self._tables


@pytest.mark.parametrize(
    ("retention", "fault"),
    [
        (None, "planted is kept by nobody"),
        ({"columns": {"id": Data.PLAIN}}, "planted: planted.user has no class"),
        ({"columns": {**WHOLE.columns, "gone": Data.PLAIN}}, "planted: planted.gone is no column"),
        ({"rule": " "}, "planted: planted has no retention"),
        ({"export": None}, "planted: planted has no export"),
        ({"erase": None}, "planted: planted has no erasure"),
        ({"erase": None, "columns": {"id": Data.SEALED, "user": Data.PLAIN}}, "planted: planted has no erasure"),
        ({"table": sa.Table("other", sa.MetaData())}, "planted: other is no table of the database"),
    ],
)
def test_the_walk_bites(retention: dict[str, Any] | None, fault: str) -> None:
    """A planted table that nobody keeps, or keeps in part, is named."""
    tables = {"planted": {"id", "user"}}
    policy = [] if retention is None else [Planted(msgspec.structs.replace(WHOLE, **retention))]
    assert fault in _faults(tables, policy)
    assert _faults(tables, [Planted(WHOLE)]) == []
    assert _faults(tables, [Planted(WHOLE, WHOLE)]) == ["planted is kept twice"]


def test_an_erased_user_is_in_no_column(engine: sa.Engine, known: Sequence[RetentionPolicy]) -> None:
    """A row with the user wherever a column holds users is counted once, and the user's id is nowhere after it."""
    free = without_foreign_keys(engine.url)
    with_users = [
        retention for policy in known for retention in policy.tables() if Data.USER in retention.columns.values()
    ]
    assert len(with_users) > 5
    for retention in with_users:
        assert retention.erase is not None
        row = {column.name: _filled(column, retention) for column in sql_table(retention).columns}
        with free.connect() as connection:
            connection.execute(sql_table(retention).insert().values(row))
            assert (retention.table.name, retention.erase(connection, WHO)) == (retention.table.name, 1)
            assert retention.erase(connection, WHO) == 0
            assert WHO not in str(connection.execute(sa.select(sql_table(retention))).all())
    free.dispose()


def _filled(column: "sa.Column[Any]", retention: TableRetention) -> Any:
    """A value of the column's type; the planted user where it holds users."""
    if retention.columns[column.name] is Data.USER:
        return WHO
    values: dict[type, Any] = {
        str: "2026-01-01T00:00:00+00:00",
        bytes: b"x",
        int: 1,
        float: 1.0,
        bool: False,
        object: {},
    }
    return values[column.type.python_type]
