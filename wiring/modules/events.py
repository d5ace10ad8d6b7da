"""Builds the delivery of events: the bus, its consumers, the delivery threads, and how far each is behind."""

import asyncio
import logging
import re
import threading
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import sqlalchemy as sa

from contracts.modules.broker import BrokerAway
from contracts.modules.events import VOCABULARY, Consumer, Lag
from contracts.modules.sealing import Sealer
from kit.sql.sessions import reading
from services.events.dead_letters import lag_of
from services.events.delivery.dispatcher import Dispatcher
from services.events.delivery.relay import Relay
from services.events.delivery.runner import Runner
from services.events.delivery.wake import wake_after_commit
from services.events.delivery.worker import DeliveryWorker
from services.events.envelope import Codec
from services.events.inbox import Inbox
from services.events.retention import STREAM_RETENTION_S
from services.events.signal_log import SignalLog
from wiring.modules.traced_bus import build_bus
from wiring.settings import Settings, SettingsError

if TYPE_CHECKING:
    from resources.events.nats_broker import NatsBroker

logger = logging.getLogger(__name__)
URL, REPLICAS = "NATS_URL", "NATS_REPLICAS"
SERVER = re.compile(r"(nats|tls)://([^\s/@,]+@)?([A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\])(:[0-9]{1,5})?/?")
WAIT_S, DRAIN_S = 0.5, 2.0


class Events:
    """The events of one process: add consumers before `life` begins; `bus` publishes at any time."""

    def __init__(
        self,
        database: sa.Engine,
        sealer: Sealer,
        broker: "Callable[[], NatsBroker] | None" = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        codec = Codec(sealer, VOCABULARY)
        self.bus = build_bus(sealer, clock)
        self.signals = SignalLog(codec)
        self._database, self._codec, self._broker, self._clock = database, codec, broker, clock
        self._consumers: list[Consumer] = []
        self._brokers: list[NatsBroker] = []
        self._monitor: NatsBroker | None = None
        self._asking = threading.Lock()
        self._living = False
        self.consume(self.signals)

    def consume(self, *consumers: Consumer) -> None:
        """Add consumers; raise ValueError for a name used twice, or after the start."""
        for consumer in consumers:
            if self._living or consumer.name in {known.name for known in self._consumers}:
                raise ValueError(f"{consumer.name} is a consumer already, or comes after the start of delivery")
            self._consumers.append(consumer)

    def lag(self) -> list[Lag]:
        """Return how far each consumer is behind; blocks for some seconds while the broker is away."""
        held = self._pending([consumer.name for consumer in self._consumers])
        with reading(self._database) as connection:
            return [lag_of(connection, name, self._clock(), pending) for name, pending in held.items()]

    def deliver(self) -> None:
        """Deliver to all consumers what waits, here and now; for a process without a broker."""
        dispatcher = Dispatcher(
            self._database, [Inbox(each, self._codec) for each in self._consumers], clock=self._clock
        )
        while dispatcher.step():
            pass

    @asynccontextmanager
    async def life(self) -> AsyncIterator[None]:
        """Deliver while the block runs; what is left two seconds after its end waits for the next start."""
        self._living = True
        workers = self._workers()
        for worker in workers:
            worker.start()
        try:
            yield
        finally:
            await asyncio.to_thread(self._end, workers)

    def _workers(self) -> list[DeliveryWorker]:
        inboxes = [Inbox(consumer, self._codec) for consumer in self._consumers]
        if self._broker is None:
            first = DeliveryWorker(Dispatcher(self._database, inboxes, clock=self._clock).step, "in process")
            workers = [first]
        else:
            self._monitor, *self._brokers = [self._broker() for _ in range(len(inboxes) + 2)]
            first = DeliveryWorker(Relay(self._database, self._brokers[0], clock=self._clock).step, "to the broker")
            runners = [
                Runner(self._database, inbox, broker, clock=self._clock)
                for inbox, broker in zip(inboxes, self._brokers[1:], strict=True)
            ]
            workers = [first, *(_waiting(inbox, runner) for inbox, runner in zip(inboxes, runners, strict=True))]
        wake_after_commit(self._database, first.wake)
        return workers

    def _end(self, workers: list[DeliveryWorker]) -> None:
        for worker in workers:
            try:
                worker.stop(drain_s=DRAIN_S)
            except TimeoutError as error:
                logger.warning("%s: what it held is delivered at the next start", error)
        with self._asking:
            monitor, self._monitor = self._monitor, None
        for broker in (*self._brokers, *([monitor] if monitor else [])):
            broker.close()

    def _pending(self, consumers: list[str]) -> Mapping[str, int | None]:
        """What the broker holds for each, None for all when it cannot be asked."""
        if self._broker is None:
            return dict.fromkeys(consumers, 0)
        with self._asking:
            try:
                return {name: None if self._monitor is None else self._monitor.pending(name) for name in consumers}
            except BrokerAway:
                return dict.fromkeys(consumers)


def build_events(settings: Settings, database: sa.Engine, sealer: Sealer) -> Events:
    """Build delivery inside the process, or over the broker of NATS_URL; raise SettingsError for one it cannot name."""
    url = settings.keys.get(URL, "").strip()
    if not url:
        return Events(database, sealer)
    servers = [server.strip() for server in url.split(",")]
    if not all(SERVER.fullmatch(server) for server in servers):
        raise SettingsError(
            f"{URL} cannot be used: write nats://HOST:PORT or tls://HOST:PORT, several with commas between",
            (URL,),
        )
    replicas = settings.keys.get(REPLICAS, "").strip() or "1"
    if replicas not in ("1", "3", "5"):
        raise SettingsError(f"{REPLICAS} cannot be used: write 1, 3 or 5, at most the number of servers", (REPLICAS,))
    from resources.events.nats_broker import NatsBroker  # with aiohttp half of what prune needs to start

    return Events(database, sealer, lambda: NatsBroker(servers, retention_s=STREAM_RETENTION_S, replicas=int(replicas)))


def _waiting(inbox: Inbox, runner: Runner) -> DeliveryWorker:
    return DeliveryWorker(lambda: runner.step(WAIT_S), inbox.consumer.name, waits=True)
