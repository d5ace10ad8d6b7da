"""Deletes what Dagster keeps for ever beside its runs: old events without a run, and old ticks."""

from datetime import UTC, datetime
from typing import Any

import dagster as dg
import sqlalchemy as sa
from dagster._core.storage.event_log.schema import AssetEventTagsTable, SqlEventLogStorageTable
from dagster._core.storage.event_log.sql_event_log import SqlEventLogStorage

DAY_S = 86_400.0
EVENT_DAYS = TICK_DAYS = 90
WITHOUT_RUN = ""
"""The run id of events that commands recorded."""


def prune_events(instance: dg.DagsterInstance, now: float) -> int:
    """Delete events without a run that are older than 90 days at `now`, in Unix seconds; return how many.

    The newest one of an asset's partition stays. Dagster's SQLite keeps these events twice: each counts once.
    """
    storage = instance.event_log_storage
    if not isinstance(storage, SqlEventLogStorage):
        return 0
    before = datetime.fromtimestamp(now - EVENT_DAYS * DAY_S, UTC).replace(tzinfo=None)
    with storage.run_connection(WITHOUT_RUN) as connection:
        _delete(connection, before)
    with storage.index_connection() as connection:
        return _delete(connection, before)


def prune_ticks(instance: dg.DagsterInstance, now: float) -> None:
    """Delete ticks of sensors and schedules that are older than 90 days; Dagster's daemon deletes skipped ones after 1.

    `now` is in Unix seconds.
    """
    for state in instance.all_instigator_state():
        instance.purge_ticks(state.instigator_origin_id, state.selector_id, now - TICK_DAYS * DAY_S)


def _delete(connection: sa.Connection, before: datetime) -> int:
    events: Any = SqlEventLogStorageTable
    of = (events.c.asset_key, events.c.partition, events.c.dagster_event_type)
    newest = sa.select(sa.func.max(events.c.id)).where(events.c.asset_key.is_not(None)).group_by(*of)
    old = (events.c.run_id == WITHOUT_RUN, events.c.timestamp < before, events.c.id.not_in(newest))
    tags = AssetEventTagsTable
    connection.execute(tags.delete().where(tags.c.event_id.in_(sa.select(events.c.id).where(*old))))
    return connection.execute(events.delete().where(*old)).rowcount
