"""The outbox: events in the transaction that caused them, and which of them are still to be sent."""

from collections.abc import Callable, Sequence

import sqlalchemy as sa

from contracts.broker import Message
from contracts.events import Event
from services.events.envelope import Codec
from services.events.store import reading, take_turn
from services.events.tables import OUTBOX
from services.events.waking import mark


class OutboxBus:
    """Implements contracts.events.Bus."""

    def __init__(self, codec: Codec, *, clock: Callable[[], float]) -> None:
        self._codec, self._clock = codec, clock

    def publish(self, connection: sa.Connection, event: Event) -> None:
        """Write the event into the caller's own transaction: it is delivered if and when that commits.

        ValueError for a personal payload without a user or an unknown type; contracts.sealing.Erased for an erased one.
        """
        if event.user is not None:
            take_turn(connection, f"user {event.user}")  # one user's events commit in the order of their positions
        row = {
            "id": event.id,
            "type": event.type,
            "user": event.user,
            "body": self._codec.encode(event),
            "created_at": self._clock(),
        }
        connection.execute(OUTBOX.insert(), row)
        mark(connection)


def anything_unsent(engine: sa.Engine) -> bool:
    """Whether a look with a lock is worth it."""
    with reading(engine) as connection:
        return (
            connection.execute(sa.select(OUTBOX.c.position).where(OUTBOX.c.sent_at.is_(None)).limit(1)).first()
            is not None
        )


def unsent(connection: sa.Connection, limit: int) -> list[tuple[int, Message]]:
    """Positions and messages not sent yet, oldest first; never by "position > last", which loses late commits."""
    query = (
        sa.select(OUTBOX.c.position, OUTBOX.c.id, OUTBOX.c.type, OUTBOX.c.body)
        .where(OUTBOX.c.sent_at.is_(None))
        .order_by(OUTBOX.c.position)
        .limit(limit)
    )
    return [(row.position, Message(row.id, row.type, row.body)) for row in connection.execute(query)]


def mark_sent(connection: sa.Connection, positions: Sequence[int], now: float) -> None:
    """Not to be sent again."""
    connection.execute(
        OUTBOX.update().where(OUTBOX.c.position == sa.bindparam("which")).values(sent_at=now),
        [{"which": position} for position in positions],
    )
