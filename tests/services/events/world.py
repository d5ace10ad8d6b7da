"""A small server of events: a real database and key store, consumers that keep what they saw, both ways of delivery."""

import time
from collections.abc import Callable, Sequence

import sqlalchemy as sa

from contracts.modules.broker import Broker
from contracts.modules.database import Transaction
from contracts.modules.events import VOCABULARY, Event, Payload, TipRatedV1
from contracts.modules.sealing import Sealer
from services.events.delivery.dispatcher import Dispatcher
from services.events.delivery.relay import Relay
from services.events.delivery.runner import Runner
from services.events.envelope import Codec
from services.events.inbox import Inbox
from services.events.outbox import OutboxBus
from services.events.retry_backoff import RetryBackoff
from tests.deadline import DEADLINE_S

EFFECTS = sa.Table(
    "effects",
    sa.MetaData(),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("consumer", sa.Text),
    sa.Column("event", sa.Text),
    sa.Column("user", sa.Text),
    sa.Column("rating", sa.Integer),
)
BACKOFF = RetryBackoff(attempts=3, first_s=1.0, longest_s=60.0)


class Clock:
    """Unix seconds that pass only when the test says so."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        """The time now."""
        return self.now


class RecordingConsumer:
    """A consumer whose effect is a row; `fails` says for which event it raises, after its effect."""

    def __init__(self, name: str = "keeper", takes: Sequence[type[Payload]] = (TipRatedV1,)) -> None:
        self.name, self.takes, self.replayable = name, takes, True
        self.fails: Callable[[Event], bool] = lambda _: False

    def handle(self, transaction: Transaction, event: Event) -> None:
        """Keep a row."""
        rating = event.data.rating if isinstance(event.data, TipRatedV1) else None
        row = {"consumer": self.name, "event": event.id, "user": event.user, "rating": rating}
        transaction.execute(EFFECTS.insert(), row)
        if self.fails(event):
            raise RuntimeError("the effect before this is undone")


class World:
    """Publishes and delivers; `broker` None is delivery inside the process."""

    def __init__(
        self, engine: sa.Engine, sealer: Sealer, consumers: Sequence[RecordingConsumer], broker: Broker | None
    ) -> None:
        self.engine, self.sealer, self.clock, self.broker = engine, sealer, Clock(), broker
        self.codec = Codec(sealer, VOCABULARY)
        self.bus = OutboxBus(self.codec, clock=self.clock)
        self.consumers = list(consumers)
        self.restart()

    def restart(self) -> None:
        """Forget everything that is not on a disk."""
        inboxes = [Inbox(consumer, self.codec, BACKOFF) for consumer in self.consumers]
        self.dispatcher = Dispatcher(self.engine, inboxes, clock=self.clock)
        if self.broker is not None:
            self.relay = Relay(self.engine, self.broker, clock=self.clock)
            self.runners = [Runner(self.engine, inbox, self.broker, clock=self.clock) for inbox in inboxes]
            for consumer in self.consumers:
                self.broker.rewind(consumer.name)

    def publish(self, *events: Event) -> None:
        """In a transaction of their own."""
        with self.engine.begin() as connection:
            for event in events:
                self.bus.publish(connection, event)

    def settle(self) -> None:
        """Deliver until nothing moves."""
        if self.broker is None:
            while self.dispatcher.step():
                pass
            return
        while self.relay.step():
            pass
        until = time.monotonic() + DEADLINE_S
        for consumer, runner in zip(self.consumers, self.runners, strict=True):
            while runner.step(0.1) or self.broker.pending(consumer.name):
                assert time.monotonic() < until, "the broker did not hand out what it holds"

    def effects(self, consumer: str = "keeper") -> list[str]:
        """Ids of the events that had their effect, in its order."""
        query = sa.select(EFFECTS.c.event).where(EFFECTS.c.consumer == consumer).order_by(EFFECTS.c.position)
        with self.engine.connect() as connection:
            return list(connection.execute(query).scalars())


def rated(id_: str, user: str = "user-1", rating: int = 4, comment: str | None = None) -> Event:
    """A rating."""
    data = TipRatedV1(decision=f"decision-{id_}", rating=rating, comment=comment)
    return Event(id=id_, source="/tests", time="2027-01-15T08:00:00+00:00", data=data, user=user)
