"""What a module declares of a table, in SQLAlchemy's own terms."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa

from contracts.modules.database import Transaction
from contracts.modules.retention import Data, Record, TableRetention
from kit.sql.sessions import connection_of

PRUNED_AT_ONCE = 5_000
"""Rows that one transaction deletes, so that other writers wait for a moment only."""
Given = ParamSpec("Given")
Answer = TypeVar("Answer")


def table_retention(
    table: sa.Table,
    *,
    columns: Mapping[str, Data],
    rule: str,
    prune: Callable[[sa.Connection, float], int] | None,
    export: Callable[[sa.Connection, str], Iterator[Record]] | None,
    erase: Callable[[sa.Connection, str], int] | None,
) -> TableRetention:
    """Return what contracts.modules.retention.TableRetention says of the same fields; its functions get connections."""
    return TableRetention(
        table=table,
        columns=columns,
        rule=rule,
        prune=None if prune is None else _on_connection(prune),
        export=None if export is None else _on_connection(export),
        erase=None if erase is None else _on_connection(erase),
    )


def classes_of(table: sa.Table, **kinds: Data) -> Mapping[str, Data]:
    """Return what each column of a table holds: nothing of a person where `kinds` does not name it."""
    return dict.fromkeys(table.c.keys(), Data.PLAIN) | kinds


def delete_of_user(table: sa.Table) -> Callable[[sa.Connection, str], int]:
    """Return a function that deletes all rows of a user, by the column `user`, and returns how many those were."""
    return lambda connection, user: connection.execute(table.delete().where(table.c.user == user)).rowcount


def delete_older(column: sa.Column[Any], seconds: float) -> Callable[[sa.Connection, float], int]:
    """Return a function that deletes some of the rows whose time in a column is so long ago, as delete_some does."""
    return lambda connection, now: delete_some(connection, column.table, column < now - seconds)


def delete_some(connection: sa.Connection, table: sa.Table, *which: sa.ColumnElement[bool]) -> int:
    """Delete up to PRUNED_AT_ONCE rows of those and return how many; whoever prunes asks again while there are more."""
    key = list(table.primary_key.columns)
    some = sa.select(*key).where(*which).limit(PRUNED_AT_ONCE)
    chosen = key[0].in_(some) if len(key) == 1 else sa.tuple_(*key).in_(some)
    return connection.execute(table.delete().where(chosen)).rowcount


def _on_connection(
    function: Callable[Concatenate[sa.Connection, Given], Answer],
) -> Callable[Concatenate[Transaction, Given], Answer]:
    def call(transaction: Transaction, /, *args: Given.args, **kwargs: Given.kwargs) -> Answer:
        return function(connection_of(transaction), *args, **kwargs)

    return call
