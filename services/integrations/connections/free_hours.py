"""The next hour that a user's calendars and tasks leave free, of what their last syncs read."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from contracts.integrations.connections import ConnectionProvider, ConnectionState
from contracts.modules.database import Transaction
from contracts.modules.sealing import Sealer, Unreadable
from kit.sql.sessions import connection_of
from services.integrations.calendars.busy_time import next_free_hour
from services.integrations.connections.stored import BUSY
from services.integrations.tables import CONNECTIONS

LATELY_S = 86_400.0
"""A calendar that was read longer ago says nothing of today."""
CALENDARS = frozenset({ConnectionProvider.ICALENDAR, ConnectionProvider.GOOGLE_CALENDAR})
_READ_LATELY = sa.select(CONNECTIONS.c.id, CONNECTIONS.c.provider, CONNECTIONS.c.busy).where(
    CONNECTIONS.c.user == sa.bindparam("whose"),
    CONNECTIONS.c.state == ConnectionState.CONNECTED.value,
    CONNECTIONS.c.synced_at > sa.bindparam("since"),
)


class FreeHours:
    """Implements contracts.integrations.calendar_time.CalendarTime."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    def free_hour(self, transaction: Transaction, user: str, zone: Callable[[], ZoneInfo], now: float) -> float | None:
        """Return when it begins, None where that is not known; a row that cannot be opened is as if not known.

        Tasks take their time where a calendar is connected, and say nothing of the rest of it alone.
        """
        rows = connection_of(transaction).execute(_READ_LATELY, {"whose": user, "since": now - LATELY_S}).all()
        if not any(row.provider in CALENDARS for row in rows):
            return None
        try:
            busy = [BUSY.open(self._sealer, user, row.id, row.busy) for row in rows]
        except Unreadable:
            return None
        return next_free_hour(busy, zone(), now)
