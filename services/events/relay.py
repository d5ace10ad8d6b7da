"""From the outbox to a broker: each message under its event's id, so that a repeat is one message there."""

from collections.abc import Callable

import sqlalchemy as sa

from contracts.broker import Broker
from services.events.outbox import anything_unsent, mark_sent, unsent
from services.events.store import reading

BATCH = 200


class Relay:
    """Several may run: each publishes in the outbox's order, and the broker keeps the first of two copies."""

    def __init__(self, engine: sa.Engine, broker: Broker, *, clock: Callable[[], float]) -> None:
        self._engine, self._broker, self._clock = engine, broker, clock

    def step(self) -> int:
        """Publish one batch, then note it as sent; how many. BrokerAway leaves it unsent for the next step.

        No transaction is open while the broker is asked.
        """
        if not anything_unsent(self._engine):
            return 0
        with reading(self._engine) as connection:
            batch = unsent(connection, BATCH)
        self._broker.publish([message for _, message in batch])
        with self._engine.begin() as connection:
            mark_sent(connection, [position for position, _ in batch], self._clock())
        return len(batch)
