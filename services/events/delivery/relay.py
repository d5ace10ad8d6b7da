"""From the outbox to a broker: each message under its event's id, so that a repeat is one message there."""

from collections import Counter
from collections.abc import Callable, Sequence

import sqlalchemy as sa

from contracts.modules.broker import Broker
from kit.sql.sessions import reading
from services.events.outbox import Unsent, anything_unsent, mark_sent, unsent

BATCH = 200


class Relay:
    """Several may run: each sends a user's events in the outbox's order, and the broker keeps the first of two copies.

    An event goes out when the one before it of the same user is confirmed: a broker that refuses one of many and takes
    the next would have them in another order after the repeat.
    """

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
        for wave in _waves(batch):
            self._broker.publish([entry.message for entry in wave])
        with self._engine.begin() as connection:
            mark_sent(connection, [entry.position for entry in batch], self._clock())
        return len(batch)


def _waves(batch: Sequence[Unsent]) -> list[list[Unsent]]:
    """The first event of each user, then the second of each, and so on; within a wave in the outbox's order."""
    before: Counter[str] = Counter()
    waves: list[list[Unsent]] = []
    for entry in batch:
        nth = 0 if entry.user is None else before[entry.user]
        if entry.user is not None:
            before[entry.user] += 1
        if nth == len(waves):
            waves.append([])
        waves[nth].append(entry)
    return waves
