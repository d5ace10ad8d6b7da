"""Events carry the trace of the request that caused them, whichever module publishes them."""

import msgspec

from contracts.modules.database import Transaction
from contracts.modules.events import Bus, Event
from contracts.trace import TRACEPARENT


class TracedBus:
    """Implements contracts.modules.events.Bus over another one."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    def publish(self, transaction: Transaction, event: Event) -> None:
        """Publish with the present `traceparent` where the event has none."""
        if event.traceparent is None:
            event = msgspec.structs.replace(event, traceparent=TRACEPARENT.get())
        self._bus.publish(transaction, event)
