"""Delivery inside the process: from the outbox to every consumer's inbox in one transaction; needs no broker."""

from collections.abc import Callable, Sequence

import sqlalchemy as sa

from services.events.delivery.locks import take_delivery_locks
from services.events.delivery.retries import retry_due
from services.events.inbox import Inbox, Opened
from services.events.outbox import anything_unsent, mark_sent, unsent

BATCH = 200


class Dispatcher:
    """Delivers to the consumers it was made with; a consumer that joins later begins with the events after that."""

    def __init__(self, engine: sa.Engine, inboxes: Sequence[Inbox], *, clock: Callable[[], float]) -> None:
        self._engine, self._inboxes, self._clock = engine, inboxes, clock

    def step(self) -> int:
        """Deliver one batch and try again what is due; how many events were moved, 0 when there is nothing to do."""
        moved = self._deliver() if anything_unsent(self._engine) else 0
        return moved + retry_due(self._engine, self._inboxes, self._clock())

    def _deliver(self) -> int:
        with self._engine.begin() as connection:
            take_delivery_locks(connection, "dispatcher")
            batch = unsent(connection, BATCH)
            messages = [entry.message for entry in batch]
            opened: Opened = {}
            for inbox in self._inboxes:
                take_delivery_locks(connection, f"inbox {inbox.consumer.name}")
                inbox.absorb(connection, messages, self._clock(), opened)
            mark_sent(connection, [entry.position for entry in batch], self._clock())
        return len(batch)
