"""Rows that are put under a key by many at the same moment, on each kind of database."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa

from kit.sql.upserts import put_row
from resources.sql.engine import open_engine
from tests.deadline import DEADLINE_S

TABLE = sa.Table(
    "kit_put",
    sa.MetaData(),
    sa.Column("one", sa.Text, primary_key=True),
    sa.Column("two", sa.Text, primary_key=True),
    sa.Column("value", sa.Integer, nullable=False),
)
MANY = 8


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    """The table, empty."""
    made = open_engine(database_url)
    TABLE.metadata.create_all(made)
    yield made
    made.dispose()


def test_many_put_one_row_at_once(engine: sa.Engine) -> None:
    """Nobody fails, and the row is that of one of them; its neighbour stays as it is."""
    together = Barrier(MANY, timeout=DEADLINE_S)

    def put(value: int) -> None:
        with engine.connect() as connection:
            connection.execute(sa.select(1))
            connection.rollback()
            together.wait()
            with connection.begin():
                put_row(connection, TABLE, {"one": "a", "two": "b", "value": value})

    with engine.begin() as connection:
        put_row(connection, TABLE, {"one": "a", "two": "c", "value": 99})
    for _ in range(5):
        with ThreadPoolExecutor(MANY) as pool:
            list(pool.map(put, range(MANY)))
        with engine.begin() as connection:
            rows = connection.execute(sa.select(TABLE).order_by(TABLE.c.two)).all()
            assert len(rows) == 2
            assert rows[0].value in range(MANY)
            assert rows[1].value == 99
            connection.execute(TABLE.delete().where(TABLE.c.two == "b"))


def test_a_row_that_is_all_key_is_there_once(engine: sa.Engine) -> None:
    """Put again it changes nothing."""
    keys = sa.Table(
        "kit_keys",
        sa.MetaData(),
        sa.Column("one", sa.Text, primary_key=True),
        sa.Column("two", sa.Text, primary_key=True),
    )
    keys.create(engine)
    with engine.begin() as connection:
        for _ in range(2):
            put_row(connection, keys, {"one": "a", "two": "b"})
        assert [tuple(row) for row in connection.execute(sa.select(keys))] == [("a", "b")]
