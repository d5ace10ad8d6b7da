"""Lists and redelivers dead letters, and measures how far consumers are behind."""

from collections.abc import Sequence

import sqlalchemy as sa

from contracts.modules.events import DeadLetter, Lag
from kit.times import iso
from services.events.tables import DEAD, INBOX, OUTBOX


def dead_letters(connection: sa.Connection, consumer: str | None = None, limit: int = 100) -> list[DeadLetter]:
    """Return the dead letters of one consumer or of all, oldest first."""
    columns = (DEAD.c.consumer, DEAD.c.id, DEAD.c.type, DEAD.c.user, DEAD.c.error, DEAD.c.attempts, DEAD.c.at)
    query = sa.select(*columns).order_by(DEAD.c.at, DEAD.c.consumer, DEAD.c.id).limit(limit)
    if consumer is not None:
        query = query.where(DEAD.c.consumer == consumer)
    rows = connection.execute(query).mappings()
    return [DeadLetter(**{**row, "at": iso(row["at"], "auto")}) for row in rows]


def redeliver(connection: sa.Connection, consumer: str, ids: Sequence[str], now: float) -> int:
    """Return how many dead letters were given back to their consumer, with all tries open; they pass the inbox."""
    chosen = sa.and_(DEAD.c.consumer == consumer, DEAD.c.id.in_(list(ids)))
    rows = connection.execute(sa.select(DEAD.c.id, DEAD.c.body).where(chosen)).all()
    for row in rows:
        connection.execute(
            INBOX.update()
            .where(INBOX.c.consumer == consumer, INBOX.c.id == row.id)
            .values(state="waiting", attempts=0, not_before=now, body=row.body)
        )
    connection.execute(DEAD.delete().where(chosen))
    return len(rows)


def lag_of(connection: sa.Connection, consumer: str, now: float, pending: int | None = 0) -> Lag:
    """Return how far a consumer is behind.

    `pending` is what the broker still holds for it, None when it cannot be asked.
    """
    unsent = connection.execute(
        sa.select(sa.func.count(), sa.func.min(OUTBOX.c.created_at)).where(OUTBOX.c.sent_at.is_(None))
    ).one()
    waiting = connection.execute(
        sa.select(sa.func.count(), sa.func.min(INBOX.c.received_at)).where(
            INBOX.c.consumer == consumer, INBOX.c.state == "waiting"
        )
    ).one()
    dead = connection.execute(sa.select(sa.func.count()).where(DEAD.c.consumer == consumer)).scalar_one()
    oldest = min((row[1] for row in (unsent, waiting) if row[1] is not None), default=now)
    return Lag(
        consumer=consumer,
        waiting=unsent[0] + waiting[0] + (pending or 0),
        dead=dead,
        oldest_s=max(0.0, now - oldest),
        complete=pending is not None,
    )
