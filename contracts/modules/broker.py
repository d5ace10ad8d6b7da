"""What the events module needs of a broker: store messages durably, deliver them until they are acknowledged."""

from collections.abc import Sequence
from typing import Protocol

import msgspec


class BrokerAway(ConnectionError):
    """The broker cannot be reached or did not confirm in time; what was sent may or may not be stored."""


class BrokerMessage(msgspec.Struct, frozen=True):
    """An encoded event with its dedupe id; a broker reads neither."""

    id: str
    type: str
    body: bytes


class BrokerDelivery(msgspec.Struct, frozen=True):
    """A message delivered for the `attempt`-th time, counted from 1; `position` grows along the stream."""

    message: BrokerMessage
    position: int
    attempt: int


class Broker(Protocol):
    """Blocking calls for one thread at a time; each may raise BrokerAway."""

    def publish(self, messages: Sequence[BrokerMessage]) -> None:
        """Store all messages in this order, each once within the dedupe window; they are on disk when this returns.

        When it raises, any of them may be stored.
        """
        ...

    def rewind(self, consumer: str) -> None:
        """Deliver again, in stream order, what this consumer has not acknowledged; create an unknown consumer.

        The one runner of the consumer calls it at its start, and when it lost what was delivered.
        """
        ...

    def receive(self, consumer: str, limit: int, wait_s: float) -> list[BrokerDelivery]:
        """Return up to `limit` messages in stream order; an empty list if none came within `wait_s` seconds."""
        ...

    def acknowledge(self, consumer: str, deliveries: Sequence[BrokerDelivery]) -> None:
        """Mark these as done, so that they are not delivered again, and return once the broker has confirmed it."""
        ...

    def pending(self, consumer: str) -> int:
        """Return how many messages of the stream the consumer has not acknowledged."""
        ...

    def close(self) -> None:
        """Release sockets and threads; nothing is sent any more."""
        ...
