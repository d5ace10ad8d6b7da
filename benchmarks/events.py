"""Outbox to consumer: latency at 200 events/s in process and over JetStream, and 2,000 events/s in process.

usage: python -m benchmarks.events [SECONDS]
"""

import sys
import tempfile
import time
import uuid
from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa

from contracts.modules.database import Transaction
from contracts.modules.events import VOCABULARY, Consumer, Event, Payload, TipShownV1
from resources.events.nats_broker import NatsBroker
from resources.privacy.user_key_file import UserKeyFile
from resources.privacy.user_keys import UserKeys
from resources.sql.engine import open_engine
from services.events.delivery.dispatcher import Dispatcher
from services.events.delivery.relay import Relay
from services.events.delivery.runner import Runner
from services.events.delivery.wake import wake_after_commit
from services.events.delivery.worker import DeliveryWorker
from services.events.envelope import Codec
from services.events.inbox import Inbox
from services.events.outbox import OutboxBus
from services.events.retention import STREAM_RETENTION_S
from services.events.signal_log import SignalLog
from services.events.tables import METADATA
from tests.services.events.nats_peer import nats_server

USERS = 50
EFFECTS = sa.Table("effects", sa.MetaData(), sa.Column("event", sa.Text, primary_key=True), sa.Column("at", sa.Double))


class Timed:
    """A consumer that keeps when each event had its effect."""

    name = "timed"
    takes: Sequence[type[Payload]] = (TipShownV1,)
    replayable = True

    def handle(self, transaction: Transaction, event: Event) -> None:
        """Keep a row; the time is that of the effect, a little before its commit."""
        transaction.execute(EFFECTS.insert(), {"event": event.id, "at": time.time()})


class Bench:
    """A database, a key store and the workers of one way of delivery."""

    def __init__(self, folder: Path, url: str | None, *, log: bool) -> None:
        self.engine = open_engine(f"sqlite:///{folder / 'tipbench.db'}")
        METADATA.create_all(self.engine)
        EFFECTS.create(self.engine)
        codec = Codec(UserKeys(UserKeyFile(folder / "user-keys" / "keys.db"), b"k" * 32), VOCABULARY)
        consumers: list[Consumer] = [Timed(), SignalLog(codec)] if log else [Timed()]
        inboxes = [Inbox(consumer, codec) for consumer in consumers]
        self.commits: dict[str, float] = {}
        self.brokers = (
            [NatsBroker([url], retention_s=STREAM_RETENTION_S) for _ in range(len(inboxes) + 1)] if url else []
        )
        if self.brokers:
            runners = [Runner(self.engine, box, broker, clock=time.time)
                       for box, broker in zip(inboxes, self.brokers[1:], strict=True)]  # fmt: skip
            steps = [Relay(self.engine, self.brokers[0], clock=time.time).step]
            steps += [lambda runner=runner: runner.step(0.5) for runner in runners]  # type: ignore[misc]  # mypy knows no default of a lambda
        else:
            steps = [Dispatcher(self.engine, inboxes, clock=time.time).step]
        self.workers = [DeliveryWorker(step, str(number), waits=number > 0) for number, step in enumerate(steps)]
        wake_after_commit(self.engine, self.workers[0].wake)
        self.bus = OutboxBus(codec, clock=time.time)

    def load(self, per_s: int, batch: int, seconds: float) -> float:
        """Publish at a pace, `batch` events a transaction; the rate reached."""
        started, count = time.perf_counter(), 0
        while (elapsed := time.perf_counter() - started) < seconds:
            if count / per_s > elapsed:
                time.sleep(count / per_s - elapsed)
            events = [_shown(f"user-{(count + step) % USERS}") for step in range(batch)]
            with self.engine.begin() as connection:
                for event in events:
                    self.bus.publish(connection, event)
            now = time.time()
            self.commits |= dict.fromkeys((event.id for event in events), now)
            count += batch
        return count / (time.perf_counter() - started)

    def run(self, per_s: int, batch: int, seconds: float) -> str:
        """Load and wait for the last effect; what was seen, in words."""
        for worker in self.workers:
            worker.start()
        cpu, rate = time.process_time(), self.load(per_s, batch, seconds)
        ended, deadline = time.time(), time.monotonic() + 60
        while len(effects := self._effects()) < len(self.commits) and time.monotonic() < deadline:
            time.sleep(0.05)
        behind, cpu = max(effects.values()) - ended, time.process_time() - cpu
        for worker in self.workers:
            worker.stop()
        for broker in self.brokers:
            broker.close()
        waits = sorted(1000 * max(0.0, effects[id_] - at) for id_, at in self.commits.items())
        median, high = waits[len(waits) // 2], waits[int(len(waits) * 0.99)]
        lost = len(self.commits) - len(effects)
        return (
            f"{rate:,.0f} events/s published, p50 {median:.1f} ms, p99 {high:.1f} ms, last effect "
            f"{1000 * max(0.0, behind):.0f} ms after the last commit, {lost} lost, {cpu / seconds:.0%} of a core"
        )

    def _effects(self) -> dict[str, float]:
        with self.engine.connect() as connection:
            return {row.event: row.at for row in connection.execute(sa.select(EFFECTS))}


def _shown(user: str) -> Event:
    data = TipShownV1(decision=str(uuid.uuid4()), tip=str(uuid.uuid4()), surface="home", position=0)
    return Event(id=str(uuid.uuid4()), source="/bench", time="2026-11-24T21:00:00+00:00", data=data, user=user)


def main() -> None:
    """Print a line a way."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 15.0
    cases = (
        ("in process, goal p99 50 ms", 200, 1, False, False),
        ("over JetStream, goal p99 100 ms", 200, 1, True, False),
        ("in process, goal 2,000 events/s", 2000, 50, False, False),
        ("in process with the signal log", 2000, 50, False, True),
    )
    for name, per_s, batch, broker, log in cases:
        with tempfile.TemporaryDirectory() as folder, nats_server(Path(folder) / "nats") as server:
            bench = Bench(Path(folder), server.url if broker else None, log=log)
            print(f"{name}: {bench.run(per_s, batch, seconds)}", flush=True)
            bench.engine.dispose()


if __name__ == "__main__":
    main()
