"""Lists and redelivers dead letters, and measures how far consumers are behind."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from contracts.modules.events import Lag
from contracts.operations import DeadLetter
from contracts.paging import Page, PageRequest
from kit.paging import key_after, page_of
from kit.sql.sessions import reading
from kit.times import iso
from services.events.tables import DEAD, INBOX, OUTBOX


def dead_letters(connection: sa.Connection, consumer: str | None = None, limit: int = 100) -> list[DeadLetter]:
    """Return the dead letters of one consumer or of all, oldest first."""
    return [_dead_letter(row) for row in connection.execute(_query(consumer, limit)).mappings()]


def _query(consumer: str | None, limit: int) -> "sa.Select[Any]":
    columns = (DEAD.c.consumer, DEAD.c.id, DEAD.c.type, DEAD.c.user, DEAD.c.error, DEAD.c.attempts, DEAD.c.at)
    query = sa.select(*columns).order_by(DEAD.c.at, DEAD.c.consumer, DEAD.c.id).limit(limit)
    return query if consumer is None else query.where(DEAD.c.consumer == consumer)


def _dead_letter(row: sa.RowMapping) -> DeadLetter:
    return DeadLetter(**{**row, "at": iso(row["at"], "auto")})


class DeadLetterTable:
    """Implements contracts.operations.DeadLetters; `clock` gives Unix seconds."""

    def __init__(self, engine: sa.Engine, clock: Callable[[], float]) -> None:
        self._engine, self._clock = engine, clock

    def page(self, request: PageRequest) -> Page[DeadLetter]:
        """Return dead letters, oldest first, of one consumer or of all."""
        consumer = request.where.get("consumer")
        query = _query(consumer, request.first + 1)
        if (after := key_after(request, (int, float), str, str)) is not None:
            query = query.where(sa.tuple_(DEAD.c.at, DEAD.c.consumer, DEAD.c.id) > sa.tuple_(*map(sa.literal, after)))
        with reading(self._engine) as connection:
            rows = connection.execute(query).mappings().all()
        page = page_of(rows, request.first, key=lambda row: (row["at"], row["consumer"], row["id"]), view=_dead_letter)
        return msgspec.structs.replace(page, count=lambda: self._count(consumer))

    def _count(self, consumer: str | None) -> int:
        query = sa.select(sa.func.count()).select_from(DEAD)
        with reading(self._engine) as connection:
            found = connection.execute(query if consumer is None else query.where(DEAD.c.consumer == consumer))
            return int(found.scalar_one())

    def redeliver(self, consumer: str, ids: Sequence[str]) -> int:
        """Give events back to their consumer in one transaction and return how many there were."""
        with self._engine.begin() as connection:
            return redeliver(connection, consumer, ids, self._clock())


def redeliver(connection: sa.Connection, consumer: str, ids: Sequence[str], now: float) -> int:
    """Return how many dead letters were given back to their consumer, with all tries open; they pass the inbox.

    One whose row of the inbox is there no more, after its retention, gets another one.
    """
    chosen = sa.and_(DEAD.c.consumer == consumer, DEAD.c.id.in_(list(ids)))
    rows = connection.execute(sa.select(DEAD.c.id, DEAD.c.type, DEAD.c.user, DEAD.c.body).where(chosen)).all()
    for row in rows:
        waiting = {"state": "waiting", "attempts": 0, "not_before": now, "body": row.body}
        own = (INBOX.c.consumer == consumer, INBOX.c.id == row.id)
        if not connection.execute(INBOX.update().where(*own).values(waiting)).rowcount:
            known = {"consumer": consumer, "id": row.id, "type": row.type, "user": row.user, "received_at": now}
            connection.execute(INBOX.insert().values(known | waiting))
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
