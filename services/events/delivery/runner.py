"""From a broker to one consumer's inbox: settled in our database first, acknowledged to the broker after."""

from collections.abc import Callable

import sqlalchemy as sa

from contracts.modules.broker import Broker, BrokerDelivery
from services.events.delivery.locks import take_delivery_locks
from services.events.delivery.retries import retry_due
from services.events.inbox import Inbox

BATCH = 200


class Runner:
    """The one runner of its consumer.

    What a crash left unacknowledged is handed out again in stream order at the start; the inbox skips what was done.
    """

    def __init__(self, engine: sa.Engine, inbox: Inbox, broker: Broker, *, clock: Callable[[], float]) -> None:
        self._engine, self._inbox, self._broker, self._clock = engine, inbox, broker, clock
        self._in_place = False

    def step(self, wait_s: float = 0.0) -> int:
        """Take one batch, waiting so long for it, and try again what is due; how many were moved.

        After whatever it raises, such as BrokerAway, the next step begins where the last acknowledgement is.
        """
        tried = retry_due(self._engine, [self._inbox], self._clock())
        name = self._inbox.consumer.name
        try:
            if not self._in_place:
                self._broker.rewind(name)
                self._in_place = True
            deliveries = self._broker.receive(name, BATCH, wait_s)
            if deliveries:
                self._absorb(deliveries)
                self._broker.acknowledge(name, deliveries)
        except Exception:  # what was handed out and not settled comes again, in order
            self._in_place = False
            raise
        return tried + len(deliveries)

    def _absorb(self, deliveries: list[BrokerDelivery]) -> None:
        with self._engine.begin() as connection:
            take_delivery_locks(connection, f"inbox {self._inbox.consumer.name}")
            self._inbox.absorb(connection, [delivery.message for delivery in deliveries], self._clock())
