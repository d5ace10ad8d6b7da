"""The retention of the benchmark's own tables: how long rows stay, and how a user's rows are exported and erased."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from contracts.modules.retention import Data, Record, TableRetention
from kit.sql.retention import delete_some, table_retention
from kit.times import iso
from resources.sql.tables import ANNOUNCED, ANSWERS, AUDIT, FLAGS, LAUNCHES, UPLOADS, WEBHOOKS

DAY_S = 86_400.0
AUDIT_DAYS, LAUNCH_DAYS, WEBHOOK_DAYS, UPLOAD_DAYS, USED_DAYS, ANNOUNCED_DAYS = 400, 7, 14, 1, 30, 14
ERASED = "erased"
"""Stands for the user id of a user who was erased."""
PLAIN, USER, SECRET = Data.PLAIN, Data.USER, Data.SECRET


class BenchmarkRetention:
    """Implements contracts.modules.retention.RetentionPolicy for audit log, launches, answers, links and messages."""

    name = "benchmark"

    def tables(self) -> Sequence[TableRetention]:
        """Return the tables; answers and the audit log keep an erased user's rows, without the user id."""
        return (_uploads(), _launches(), _webhooks(), _announced(), _answers(), _flags(), _audit())


def _uploads() -> TableRetention:
    return table_retention(
        UPLOADS,
        columns=dict.fromkeys(("role", "experiment", "judge", "size", "expires_at", "consumed_at", "sha256"), PLAIN)
        | {"token_hash": SECRET, "actor": USER},
        rule=f"{UPLOAD_DAYS} day after the link ends, {USED_DAYS} days after it was used",
        prune=_prune_uploads,
        export=lambda connection, user: _rows(connection, UPLOADS, UPLOADS.c.actor == user, without=("token_hash",)),
        erase=lambda connection, user: _delete(connection, UPLOADS, UPLOADS.c.actor == user),
    )


def _prune_uploads(connection: sa.Connection, now: float) -> int:
    """Delete links that ended unused, and used ones when they count no more for a judge's quota."""
    unused = sa.and_(UPLOADS.c.consumed_at.is_(None), UPLOADS.c.expires_at < now - UPLOAD_DAYS * DAY_S)
    return delete_some(connection, UPLOADS, sa.or_(unused, UPLOADS.c.consumed_at < now - USED_DAYS * DAY_S))


def _launches() -> TableRetention:
    return table_retention(
        LAUNCHES,
        columns=dict.fromkeys(("op", "key", "body_hash", "experiment", "run_id", "state", "at"), PLAIN)
        | {"actor": USER},
        rule=f"{LAUNCH_DAYS} days",
        prune=lambda connection, now: delete_some(connection, LAUNCHES, LAUNCHES.c.at < iso(now - LAUNCH_DAYS * DAY_S)),
        export=lambda connection, user: _rows(connection, LAUNCHES, LAUNCHES.c.actor == user),
        erase=lambda connection, user: _delete(connection, LAUNCHES, LAUNCHES.c.actor == user),
    )


def _webhooks() -> TableRetention:
    return table_retention(
        WEBHOOKS,
        columns=dict.fromkeys(WEBHOOKS.c.keys(), PLAIN),
        rule=f"{WEBHOOK_DAYS} days",
        prune=lambda connection, now: delete_some(connection, WEBHOOKS, WEBHOOKS.c.at < now - WEBHOOK_DAYS * DAY_S),
        export=None,
        erase=None,
    )


def _announced() -> TableRetention:
    """Rows stay for longer than what they are about could be announced; the one since when never goes."""
    return table_retention(
        ANNOUNCED,
        columns=dict.fromkeys(ANNOUNCED.c.keys(), PLAIN),
        rule=f"{ANNOUNCED_DAYS} days",
        prune=_prune_announced,
        export=None,
        erase=None,
    )


def _prune_announced(connection: sa.Connection, now: float) -> int:
    old = ANNOUNCED.c.at < now - ANNOUNCED_DAYS * DAY_S
    return delete_some(connection, ANNOUNCED, old, ANNOUNCED.c.id != "began")


def _answers() -> TableRetention:
    of = ("experiment", "round", "judge", "item", "task", "answer", "saved_at", "state", "batch")
    undo = ("withdrawn_at", "restores", "key")
    return table_retention(
        ANSWERS,
        columns=dict.fromkeys(("id", *of, *undo), PLAIN) | {"actor": USER},
        rule="as long as the experiment whose scores they are",
        prune=None,
        export=lambda connection, user: _rows(connection, ANSWERS, ANSWERS.c.actor == user),
        erase=lambda connection, user: _rename(connection, ANSWERS.c.actor, user),
    )


def _flags() -> TableRetention:
    return table_retention(
        FLAGS,
        columns=dict.fromkeys(("experiment", "judge", "item", "round", "reason", "at"), PLAIN) | {"actor": USER},
        rule="as long as the experiment that they are about",
        prune=None,
        export=lambda connection, user: _rows(connection, FLAGS, FLAGS.c.actor == user),
        erase=lambda connection, user: _rename(connection, FLAGS.c.actor, user),
    )


def _audit() -> TableRetention:
    of = ("id", "at", "role", "operation", "outcome", "request_id", "before", "after")
    return table_retention(
        AUDIT,
        columns=dict.fromkeys(of, PLAIN) | {"actor": USER, "target": USER, "input_hash": SECRET},
        rule=f"{AUDIT_DAYS} days",
        prune=lambda connection, now: delete_some(connection, AUDIT, AUDIT.c.at < iso(now - AUDIT_DAYS * DAY_S)),
        export=lambda connection, user: _rows(connection, AUDIT, _names(user), without=("input_hash",)),
        erase=_forget_in_audit,
    )


def _names(user: str) -> sa.ColumnElement[bool]:
    return sa.or_(AUDIT.c.actor == user, AUDIT.c.target == user)


def _forget_in_audit(connection: sa.Connection, user: str) -> int:
    rows: int = connection.execute(sa.select(sa.func.count()).where(_names(user))).scalar_one()
    for column in (AUDIT.c.actor, AUDIT.c.target):
        _rename(connection, column, user)
    return rows


def _delete(connection: sa.Connection, table: sa.Table, which: sa.ColumnElement[bool]) -> int:
    return connection.execute(table.delete().where(which)).rowcount


def _rename(connection: sa.Connection, column: sa.Column[Any], user: str) -> int:
    renamed = sa.update(column.table).where(column == user).values({column.name: ERASED})
    return connection.execute(renamed).rowcount


def _rows(
    connection: sa.Connection, table: sa.Table, which: sa.ColumnElement[bool], without: tuple[str, ...] = ()
) -> Iterator[Record]:
    """Yield rows in the order of their key; times in seconds as ISO 8601, JSON as its text."""
    for row in connection.execute(sa.select(table).where(which).order_by(*table.primary_key)).mappings():
        yield {name: _shown(name, value) for name, value in row.items() if name not in without}


def _shown(name: str, value: Any) -> str | int | float | bool | None:
    if isinstance(value, float) and name.endswith("_at"):
        return iso(value)
    if isinstance(value, dict | list):
        return msgspec.json.encode(value).decode()
    shown: str | int | float | bool | None = value
    return shown
