"""Rows that are put under a key whether there is one or not, by a statement that no other transaction comes between."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite


def put_row(connection: sa.Connection, table: sa.Table, row: Mapping[str, Any]) -> None:
    """Store a row, in place of the one with its primary key; of several at the same moment the last one stays.

    One that is nothing but its key stays as it is.
    """
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table).values(row)
    keys = [column.name for column in table.primary_key]
    others = {name: insert.excluded[name] for name in row if name not in keys}
    if not others:
        connection.execute(insert.on_conflict_do_nothing(index_elements=keys))
        return
    connection.execute(insert.on_conflict_do_update(index_elements=keys, set_=others))
