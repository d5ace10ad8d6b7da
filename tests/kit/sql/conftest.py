"""A database with one table, on each kind of server."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from resources.sql.engine import open_engine


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    """One table, `kept`, with a column `number` whose values are unique."""
    opened = open_engine(database_url)
    with opened.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE kept (number INTEGER UNIQUE)")
    yield opened
    opened.dispose()
