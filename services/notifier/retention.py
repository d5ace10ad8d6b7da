"""Notifier's tables: classes of columns, retention, export and erasure."""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from contracts.modules.retention import Data, Record, TableRetention
from contracts.modules.sealing import Unreadable, UserSealer
from kit.sql.retention import delete_some, table_retention
from kit.times import iso
from services.notifier.requests import LONGEST_S, said_of
from services.notifier.tables import NOTICES

STORED_S = LONGEST_S + 60 * 86_400.0
TIMES = ("created_at", "expires_at", "arrived_at", "read_at", "opened_at", "archived_at")
PLAIN = Data.PLAIN


def notifier_retention(sealer: UserSealer) -> Sequence[TableRetention]:
    """Return every table, in the order in which rows may be erased."""
    return (
        table_retention(
            NOTICES,
            columns=dict.fromkeys(NOTICES.c.keys(), PLAIN)
            | {"user": Data.USER, "topic": Data.PSEUDONYM, "sealed": Data.SEALED},
            rule="90 days after it was requested",
            prune=_prune,
            export=lambda connection, user: _notices(connection, sealer, user),
            erase=_erase,
        ),
    )


def _prune(connection: sa.Connection, now: float) -> int:
    return delete_some(connection, NOTICES, NOTICES.c.created_at < now - STORED_S)


def _erase(connection: sa.Connection, user: str) -> int:
    return connection.execute(NOTICES.delete().where(NOTICES.c.user == user)).rowcount


def _notices(connection: sa.Connection, sealer: UserSealer, user: str) -> Iterator[Record]:
    for row in connection.execute(sa.select(NOTICES).where(NOTICES.c.user == user).order_by(NOTICES.c.created_at)):
        times = {name: None if (at := getattr(row, name)) is None else iso(at) for name in TIMES}
        head: Record = {"id": row.id, "state": row.state, "critical": row.critical, **times}
        try:
            said = said_of(sealer, row)
        except Unreadable:  # damaged, or of another home: the export says so and goes on
            yield head | {"readable": False}
            continue
        yield head | {name: getattr(said, name) for name in said.__struct_fields__}
