"""The signal log: what users did with tips, kept in order, asked by time and user, replayed into new consumers."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import sqlalchemy as sa

from contracts.modules.broker import BrokerMessage
from contracts.modules.database import Transaction
from contracts.modules.events import SIGNALS as KINDS
from contracts.modules.events import Consumer, Event, Payload, Signal
from contracts.modules.sealing import Erased
from kit.times import unix_seconds
from services.events.delivery.locks import take_delivery_locks
from services.events.envelope import Codec
from services.events.inbox import Inbox
from services.events.tables import INBOX, SIGNALS

BATCH = 500


class SignalLog:
    """Implements contracts.modules.events.ConsumerOfMany: keeps each signal under its own time."""

    name = "signals"
    takes: tuple[type[Payload], ...] = KINDS
    replayable = False

    def __init__(self, codec: Codec) -> None:
        self._codec = codec

    def handle(self, transaction: Transaction, event: Event) -> None:
        """Store the signal; a personal payload is sealed again."""
        self.handle_all(transaction, [event])

    def handle_all(self, transaction: Transaction, events: Sequence[Event]) -> None:
        """Store the signals in this order."""
        transaction.execute(SIGNALS.insert(), [self._row(event) for event in events])

    def _row(self, event: Event) -> dict[str, Any]:
        at = unix_seconds(event.time)
        return {"id": event.id, "type": event.type, "user": event.user, "at": at, "body": self._codec.encode(event)}

    def find(
        self,
        connection: sa.Connection,
        *,
        user: str | None = None,
        since: float | None = None,
        until: float | None = None,
        after: int = 0,
        limit: int = 100,
    ) -> list[Signal]:
        """Return signals of since <= time < until (Unix seconds) after a position, in the order of the log.

        Those of erased users are left out.
        """
        query = sa.select(SIGNALS).where(SIGNALS.c.position > after).order_by(SIGNALS.c.position).limit(limit)
        if user is not None:
            query = query.where(SIGNALS.c.user == user)
        if since is not None:
            query = query.where(SIGNALS.c.at >= since)
        if until is not None:
            query = query.where(SIGNALS.c.at < until)
        found = []
        for row in connection.execute(query):
            with suppress(Erased):
                found.append(Signal(position=row.position, event=self._codec.decode(row.body)))
        return found


def replay(connection: sa.Connection, codec: Codec, consumer: Consumer) -> int:
    """Give the whole log to a consumer that has seen no event yet, in one transaction; how many it took.

    ValueError for a consumer that is not new, or that does something outside our database.
    """
    if not consumer.replayable:
        raise ValueError(f"{consumer.name} has effects elsewhere: a replay would have them again")
    take_delivery_locks(connection, f"inbox {consumer.name}")
    if connection.execute(sa.select(INBOX.c.id).where(INBOX.c.consumer == consumer.name).limit(1)).first() is not None:
        raise ValueError(f"{consumer.name} has seen events: replay into a new name")
    inbox, taken, after = Inbox(consumer, codec), 0, 0
    query = sa.select(SIGNALS).order_by(SIGNALS.c.position).limit(BATCH)
    while rows := connection.execute(query.where(SIGNALS.c.position > after)).all():
        messages = [BrokerMessage(row.id, row.type, row.body) for row in rows]
        taken += inbox.absorb(connection, messages, rows[-1].at)
        after = rows[-1].position
    return taken
