"""What the events module asks of a broker: keep messages durably, hand them out until they are acknowledged."""

from collections.abc import Sequence
from typing import Protocol

import msgspec


class BrokerAway(ConnectionError):
    """The broker cannot be reached or did not confirm in time; what was sent may or may not be kept."""


class BrokerMessage(msgspec.Struct, frozen=True):
    """An encoded event with its dedupe id; a broker looks into neither."""

    id: str
    type: str
    body: bytes


class BrokerDelivery(msgspec.Struct, frozen=True):
    """A message handed out for the `attempt`-th time, counted from 1; `position` grows along the stream."""

    message: BrokerMessage
    position: int
    attempt: int


class Broker(Protocol):
    """Blocking calls for one thread at a time; BrokerAway from each."""

    def publish(self, messages: Sequence[BrokerMessage]) -> None:
        """Keep all in this order, each once within the dedupe window; on the disk when this returns.

        When it raises, any of them may be kept.
        """
        ...

    def rewind(self, consumer: str) -> None:
        """Hand out again, in stream order, whatever this consumer has not acknowledged; makes an unknown consumer.

        Called by the one runner of the consumer at its start, and when it lost what it was handed.
        """
        ...

    def receive(self, consumer: str, limit: int, wait_s: float) -> list[BrokerDelivery]:
        """Up to `limit` messages in stream order; an empty list when none came within `wait_s` seconds."""
        ...

    def acknowledge(self, consumer: str, deliveries: Sequence[BrokerDelivery]) -> None:
        """These are done and will not be handed out again, once the broker has confirmed it."""
        ...

    def pending(self, consumer: str) -> int:
        """How many messages of the stream the consumer has not acknowledged."""
        ...

    def close(self) -> None:
        """Release sockets and threads."""
        ...
