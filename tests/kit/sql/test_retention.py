from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from contracts.modules.retention import Data, Record
from kit.sql.retention import classes_of, delete_of_user, delete_older, delete_some, table_retention

NUMBERS = sa.Table("kept", sa.MetaData(), sa.Column("number", sa.Integer))
COLUMNS = {"number": Data.PLAIN}


def _rows(connection: sa.Connection, user: str) -> Iterator[Record]:
    for row in connection.execute(sa.select(NUMBERS)):
        yield {"number": row.number, "user": user}


def test_functions_of_a_table_get_the_connection(engine: sa.Engine) -> None:
    """Pruning, exporting and erasing run in the transaction that they are given, with what they are asked for."""
    retention = table_retention(
        NUMBERS,
        columns=COLUMNS,
        rule="until it is too small",
        prune=lambda connection, now: connection.execute(NUMBERS.delete().where(NUMBERS.c.number < now)).rowcount,
        export=_rows,
        erase=lambda connection, _: connection.execute(NUMBERS.delete()).rowcount,
    )
    assert (retention.table, retention.columns, retention.rule) == (NUMBERS, COLUMNS, "until it is too small")
    assert retention.prune is not None
    assert retention.export is not None
    assert retention.erase is not None
    with engine.begin() as connection:
        connection.execute(NUMBERS.insert(), [{"number": number} for number in range(4)])
        assert retention.prune(connection, 2.0) == 2
        assert list(retention.export(connection, "ada")) == [{"number": 2, "user": "ada"}, {"number": 3, "user": "ada"}]
        assert retention.erase(connection, "ada") == 2


def test_the_rows_of_one_user_go(engine: sa.Engine) -> None:
    """Those of others stay."""
    owned = sa.Table("owned", sa.MetaData(), sa.Column("user", sa.Text), sa.Column("number", sa.Integer))
    with engine.begin() as connection:
        owned.create(connection)
        connection.execute(
            owned.insert(), [{"user": user, "number": at} for at, user in enumerate(("ada", "bea", "ada"))]
        )
        assert delete_of_user(owned)(connection, "ada") == 2
        assert connection.execute(sa.select(owned.c.user)).scalars().all() == ["bea"]


PAIRS = sa.Table(
    "pairs",
    sa.MetaData(),
    sa.Column("first", sa.Integer, primary_key=True),
    sa.Column("second", sa.Integer, primary_key=True),
)
SINGLES = sa.Table("singles", sa.MetaData(), sa.Column("first", sa.Integer, primary_key=True))


@pytest.mark.parametrize("table", [PAIRS, SINGLES])
def test_many_rows_go_in_several_transactions(
    engine: sa.Engine, table: sa.Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each deletes as many as it may, whatever the key is; rows that are not meant stay."""
    monkeypatch.setattr("kit.sql.retention.PRUNED_AT_ONCE", 3)
    counts = []
    with engine.begin() as connection:
        table.create(connection)
        rows = [dict.fromkeys(table.columns.keys(), number) for number in range(10)]
        connection.execute(table.insert(), rows)
    for _ in range(4):
        with engine.begin() as connection:
            counts.append(delete_some(connection, table, table.c.first < 8, table.c.first >= 1))
    with engine.begin() as connection:
        assert sorted(connection.execute(sa.select(table.c.first)).scalars()) == [0, 8, 9]
    assert counts == [3, 3, 1, 0]


def test_what_a_table_has_not_stays_absent() -> None:
    """None is None, for a table whose rows stay and that holds nobody."""
    retention = table_retention(NUMBERS, columns=COLUMNS, rule="for good", prune=None, export=None, erase=None)
    assert (retention.prune, retention.export, retention.erase) == (None, None, None)


def test_a_transaction_of_another_library_is_refused() -> None:
    """A connection of SQLAlchemy is what its statements run on."""

    class Other:
        def execute(self, statement: Any, parameters: Any = None, /) -> Any:
            """Do nothing."""

    retention = table_retention(NUMBERS, columns=COLUMNS, rule="", prune=lambda *_: 0, export=None, erase=None)
    assert retention.prune is not None
    with pytest.raises(TypeError, match="Other is no connection of SQLAlchemy"):
        retention.prune(Other(), 0.0)


def test_a_column_holds_nothing_of_a_person_unless_it_is_named() -> None:
    """Those that are named are in their places."""
    table = sa.Table("t", sa.MetaData(), sa.Column("id", sa.Integer), sa.Column("user", sa.Text))
    assert classes_of(table, user=Data.USER) == {"id": Data.PLAIN, "user": Data.USER}


def test_what_is_older_is_deleted(engine: sa.Engine) -> None:
    """Rows whose time was so long ago; one of exactly then stays, and one without a time."""
    table = sa.Table("timed", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("at", sa.Double))
    with engine.begin() as connection:
        table.create(connection)
        connection.execute(table.insert(), [{"id": 1, "at": 9.0}, {"id": 2, "at": 10.0}, {"id": 3, "at": None}])
        assert delete_older(table.c.at, 90.0)(connection, 100.0) == 1
        assert [row.id for row in connection.execute(sa.select(table).order_by(table.c.id))] == [2, 3]
