"""Has a connection read soon, because somebody said that there is something to read."""

from typing import Any

import sqlalchemy as sa

from contracts.integrations.connections import ConnectionState
from services.integrations.tables import CONNECTIONS

SPACING_S = 60.0
"""What lies between two syncs that messages begin."""


def wakes_at(row: Any, now: float) -> float | None:
    """Return when a connection's next sync is to begin for a message; None where it is as soon already, or never.

    That is once its provider and the spacing let; a sync under way ends before.
    """
    if row.state != ConnectionState.CONNECTED or row.next_sync_at is None:
        return None
    at = max(now, (row.synced_at or 0.0) + SPACING_S, row.retry_at or 0.0)
    return at if row.next_sync_at > at else None


def wake(connection: sa.Connection, id_: str, now: float) -> None:
    """Have the next sync of a connection begin as soon as it may, if there is that connection."""
    row = connection.execute(sa.select(CONNECTIONS).where(CONNECTIONS.c.id == id_)).first()
    at = None if row is None else wakes_at(row, now)
    if at is not None:
        sooner = CONNECTIONS.update().where(CONNECTIONS.c.id == id_, CONNECTIONS.c.next_sync_at > at)
        connection.execute(sooner.values(next_sync_at=at))
