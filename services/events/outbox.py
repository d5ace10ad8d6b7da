"""The outbox: events in the transaction that caused them, and which of them are still to be sent."""

from collections.abc import Callable, Sequence
from typing import NamedTuple
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from contracts.modules.broker import BrokerMessage
from contracts.modules.database import Transaction
from contracts.modules.events import Event
from kit.sql.sessions import connection_of, reading
from services.events.delivery.locks import take_delivery_locks
from services.events.delivery.wake import mark
from services.events.envelope import Codec
from services.events.tables import OUTBOX

_ADDED = OUTBOX.insert()
PLACE = (
    OUTBOX.update()
    .where(OUTBOX.c.id == sa.bindparam("which"))
    .values(position=sa.func.nextval(sa.func.pg_get_serial_sequence(OUTBOX.name, "position")))
)


class OutboxBus:
    """Implements contracts.modules.events.Bus."""

    def __init__(self, codec: Codec, *, clock: Callable[[], float]) -> None:
        self._codec, self._clock = codec, clock
        self._placed: WeakKeyDictionary[sa.Connection, dict[str, str]] = WeakKeyDictionary()

    def publish(self, transaction: Transaction, event: Event) -> None:
        """Write the event into the caller's own transaction: it is delivered if and when that commits.

        Raise ValueError for a personal payload without a user or an unknown type, sealing.Erased for an erased user.
        """
        connection = connection_of(transaction)
        row = {
            "id": event.id,
            "type": event.type,
            "user": event.user,
            "body": self._codec.encode(event),
            "created_at": self._clock(),
        }
        connection.execute(_ADDED, row)
        mark(connection)
        if event.user is not None and connection.dialect.name == "postgresql":
            self._place(connection, event.id, event.user)

    def _place(self, connection: sa.Connection, id_: str, user: str) -> None:
        """Make one user's events commit in the order of their positions, where several transactions write at a time.

        They get their positions right before the commit, in the user's turn. A turn taken when they are written would
        be held for as long as the caller likes, and two callers with two users could wait for each other.
        """
        placed = self._placed.get(connection)
        if placed is None:
            placed = self._placed[connection] = {}
            sa.event.listen(connection, "commit", self._at_commit)
        placed[id_] = user

    def _at_commit(self, connection: sa.Connection) -> None:
        placed = self._placed[connection]
        if placed:
            take_delivery_locks(connection, *(f"user {user}" for user in placed.values()))
            connection.execute(PLACE, [{"which": id_} for id_ in placed])
            placed.clear()


def anything_unsent(engine: sa.Engine) -> bool:
    """Return whether unsent events exist; read without a lock."""
    with reading(engine) as connection:
        return (
            connection.execute(sa.select(OUTBOX.c.position).where(OUTBOX.c.sent_at.is_(None)).limit(1)).first()
            is not None
        )


class Unsent(NamedTuple):
    """A row of the outbox that is still to be sent."""

    position: int
    user: str | None
    message: BrokerMessage


def unsent(connection: sa.Connection, limit: int) -> list[Unsent]:
    """Return events not sent yet, oldest first, at most `limit`.

    Never by "position > last", which loses late commits.
    """
    query = (
        sa.select(OUTBOX.c.position, OUTBOX.c.user, OUTBOX.c.id, OUTBOX.c.type, OUTBOX.c.body)
        .where(OUTBOX.c.sent_at.is_(None))
        .order_by(OUTBOX.c.position)
        .limit(limit)
    )
    return [
        Unsent(row.position, row.user, BrokerMessage(row.id, row.type, row.body)) for row in connection.execute(query)
    ]


def mark_sent(connection: sa.Connection, positions: Sequence[int], now: float) -> None:
    """Mark the events at these positions as sent at `now`, Unix seconds."""
    connection.execute(
        OUTBOX.update().where(OUTBOX.c.position == sa.bindparam("which")).values(sent_at=now),
        [{"which": position} for position in positions],
    )
