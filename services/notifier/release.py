"""Releases notices whose time has come, each in one transaction with what becomes of it."""

from collections.abc import Callable

import sqlalchemy as sa

from kit.sql.store import Store
from services.notifier.tables import NOTICES

BATCH = 100
_DUE = (
    sa.select(NOTICES.c.id)
    .where(NOTICES.c.state == "waiting", NOTICES.c.release_at <= sa.bindparam("now"))
    .order_by(NOTICES.c.release_at, NOTICES.c.id)
    .limit(BATCH)
)


class Release:
    """What the worker does; two at a time do nothing twice."""

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store, self._clock = store, clock

    def step(self) -> bool:
        """Add what is due to the app's inbox; return whether there was anything."""
        now = self._clock()
        with self._store.reading() as connection:
            if connection.execute(_DUE, {"now": now}).first() is None:
                return False
        with self._store.writing() as connection:
            due = list(connection.execute(_DUE, {"now": now}).scalars())
            if not due:
                return False
            expired = sa.case((NOTICES.c.expires_at <= now, "expired"), else_="settled")
            arrived = sa.case((NOTICES.c.expires_at <= now, sa.null()), else_=now)
            connection.execute(NOTICES.update().where(NOTICES.c.id.in_(due)).values(state=expired, arrived_at=arrived))
        return True
