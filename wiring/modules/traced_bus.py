"""Events carry the trace of the request that caused them, whichever module publishes them."""

import time
from collections.abc import Callable

import msgspec

from contracts.modules.database import Transaction
from contracts.modules.events import VOCABULARY, Bus, Event
from contracts.modules.sealing import Sealer
from contracts.trace import TRACEPARENT
from services.events.envelope import Codec
from services.events.outbox import OutboxBus


class TracedBus:
    """Implements contracts.modules.events.Bus over another one."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    def publish(self, transaction: Transaction, event: Event) -> None:
        """Publish with the present `traceparent` where the event has none."""
        if event.traceparent is None:
            event = msgspec.structs.replace(event, traceparent=TRACEPARENT.get())
        self._bus.publish(transaction, event)


def build_bus(sealer: Sealer, clock: Callable[[], float] = time.time) -> TracedBus:
    """Return a bus into the outbox of the database, from which the server delivers; this process delivers nothing."""
    return TracedBus(OutboxBus(Codec(sealer, VOCABULARY), clock=clock))
