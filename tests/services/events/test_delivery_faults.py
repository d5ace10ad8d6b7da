import os
import random
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
import sqlalchemy as sa

from contracts.modules.broker import BrokerAway
from resources.events.nats_broker import NatsBroker
from resources.privacy.user_keys import UserKeys
from services.events.delivery.relay import Relay
from services.events.delivery.wake import wake_after_commit
from services.events.delivery.worker import DeliveryWorker
from services.events.outbox import anything_unsent
from services.events.retention import STREAM_RETENTION_S
from tests.deadline import DEADLINE_S
from tests.services.events.nats_peer import Server, nats_server
from tests.services.events.world import EFFECTS, RecordingConsumer, World, rated

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[3]
EVENTS, USERS = 300, 7


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A broker that syncs every write."""
    with nats_server(tmp_path / "nats") as started:
        yield started


class Forks:
    """A process that has all modules, and forks one that delivers whenever it is to."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._input, self._output = process.stdin, process.stdout

    @contextmanager
    def delivering(self) -> Iterator[int]:
        """The id of a process that delivers, until the end of the block kills it."""
        self._input.write("\n")
        self._input.flush()
        word, _, pid = self._output.readline().partition(" ")
        assert word == "delivering"
        try:
            yield int(pid)
        finally:
            os.kill(int(pid), signal.SIGKILL)
            assert self._output.readline() == "ended\n"


@contextmanager
def _forks(engine: sa.Engine, folder: Path, *broker: str) -> Iterator[Forks]:
    """What forks processes that deliver from a database, by a broker at an address or without."""
    command = [sys.executable, "-m", "tests.services.events.delivering_process", str(folder)]
    command += [engine.url.render_as_string(hide_password=False), *broker]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Forks(process)


def _load(world: World, seed: int, per_s: int) -> None:
    """300 events of 7 users in transactions of 1 to 8, the tenth of them rolled back."""
    random_bytes, number = random.Random(seed), 0  # noqa: S311  # a seeded course
    while number < EVENTS:
        size = min(random_bytes.randint(1, 8), EVENTS - number)
        events = [rated(str(uuid.UUID(int=number + step)), f"user-{(number + step) % USERS}") for step in range(size)]
        with world.engine.connect() as connection, connection.begin() as transaction:
            for event in events:
                world.bus.publish(connection, event)
            if random_bytes.random() < 0.1:
                transaction.rollback()
                continue
        number += size
        time.sleep(size / per_s)


def _seen(engine: sa.Engine) -> list[str]:
    query = sa.select(EFFECTS.c.event).order_by(EFFECTS.c.position)
    with engine.connect() as connection:
        return list(connection.execute(query).scalars())


def _wait_for(done: Callable[[], bool], deadline_s: float = DEADLINE_S) -> None:
    until = time.monotonic() + deadline_s
    while not done():
        if time.monotonic() > until:
            raise TimeoutError("what was waited for did not come")
        time.sleep(0.05)


def _assert_once_and_in_order(engine: sa.Engine) -> None:
    numbers = [uuid.UUID(id_).int for id_ in _seen(engine)]
    assert sorted(numbers) == list(range(EVENTS))
    for user in range(USERS):
        own = [number for number in numbers if number % USERS == user]
        assert own == sorted(own)


@pytest.mark.parametrize(("way", "seed"), [("process", 1), ("jetstream", 2)])
def test_delivery_killed_under_load(
    engine: sa.Engine, keys: UserKeys, server: Server, tmp_path: Path, way: str, seed: int
) -> None:
    """Relay and consumer get SIGKILL ten times at random moments: each effect is there once, in order for each user."""
    broker = [server.url] if way == "jetstream" else []
    world, random_bytes = World(engine, keys, [], None), random.Random(seed)  # noqa: S311  # a seeded course
    with _forks(engine, tmp_path, *broker) as forks:
        load = threading.Thread(target=_load, args=(world, seed, 100))  # lasts as long as the kills
        load.start()
        for kill in range(11):
            with forks.delivering():
                if kill == 10:
                    load.join(DEADLINE_S)
                    _wait_for(lambda: len(_seen(engine)) >= EVENTS)
                else:
                    time.sleep(random_bytes.uniform(0.005, 0.15))
    _assert_once_and_in_order(engine)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_broker_killed_under_load(engine: sa.Engine, keys: UserKeys, server: Server, seed: int) -> None:
    """The server gets SIGKILL five times at random moments: every effect is there once, in order for each user."""
    brokers = [NatsBroker([server.url], retention_s=STREAM_RETENTION_S) for _ in range(2)]
    world = World(engine, keys, [RecordingConsumer()], brokers[0])
    taking = World(engine, keys, [RecordingConsumer()], brokers[1])
    workers = [
        DeliveryWorker(world.relay.step, "relay"),
        DeliveryWorker(lambda: taking.runners[0].step(0.05), "keeper", waits=True),
    ]
    wake_after_commit(engine, workers[0].wake)
    random_bytes = random.Random(seed)  # noqa: S311  # a seeded course
    for worker in workers:
        worker.start()
    load = threading.Thread(target=_load, args=(world, seed, 150))
    load.start()
    for _ in range(5):
        time.sleep(random_bytes.uniform(0.05, 0.5))
        server.kill()
        time.sleep(random_bytes.uniform(0.0, 0.3))
        server.start()
    load.join(DEADLINE_S)
    _wait_for(lambda: len(_seen(engine)) >= EVENTS)
    for worker in workers:
        worker.stop(within_s=DEADLINE_S)
    for broker in brokers:
        broker.close()
    _assert_once_and_in_order(engine)


def test_a_broker_away_for_longer_than_it_knows_repeats(engine: sa.Engine, keys: UserKeys, server: Server) -> None:
    """What was sent before and again after the outage is two messages there and one effect here."""
    broker = NatsBroker([server.url], retention_s=STREAM_RETENTION_S, window_s=0.2)
    world = World(engine, keys, [RecordingConsumer()], broker)
    events = [rated(str(uuid.UUID(int=number)), f"user-{number % USERS}") for number in range(40)]
    world.publish(*events)
    world.relay.step()
    with engine.begin() as connection:  # as a relay that died before it noted what it sent
        connection.exec_driver_sql("UPDATE events_outbox SET sent_at = NULL")
    server.kill()
    time.sleep(0.5)
    server.start()
    world.restart()
    world.relay.step()
    assert broker.pending("keeper") == 80
    world.settle()
    broker.close()
    assert _seen(engine) == [event.id for event in events]


def test_a_consumer_stopped_for_longer_than_its_messages_wait(
    engine: sa.Engine, keys: UserKeys, server: Server, tmp_path: Path
) -> None:
    """SIGSTOP at random moments until the broker hands out again what it had: one effect each, in order."""
    world, random_bytes = World(engine, keys, [], None), random.Random(3)  # noqa: S311  # a seeded course
    with _forks(engine, tmp_path, server.url, "0.3") as forks, forks.delivering() as pid:
        load = threading.Thread(target=_load, args=(world, 3, 75))
        load.start()
        for _ in range(4):
            time.sleep(random_bytes.uniform(0.1, 0.4))
            os.kill(pid, signal.SIGSTOP)
            time.sleep(0.6)
            os.kill(pid, signal.SIGCONT)
        load.join(DEADLINE_S)
        _wait_for(lambda: len(_seen(engine)) >= EVENTS)
    _assert_once_and_in_order(engine)


@pytest.mark.parametrize("short_of", ["room", "disk"])
def test_a_broker_that_runs_full(engine: sa.Engine, keys: UserKeys, tmp_path: Path, short_of: str) -> None:
    """By its own limit or by its disk: events wait in the outbox, and go on in order when it has room again."""
    with ExitStack() as stack:
        folder = tmp_path / "nats"
        if short_of == "disk":
            stack.enter_context(_small_disk(tmp_path / "small"))
            folder = tmp_path / "small" / "nats"
        server = stack.enter_context(nats_server(folder))
        broker = NatsBroker([server.url], retention_s=STREAM_RETENTION_S)
        stack.callback(broker.close)
        if short_of == "room":
            server.end()
            server.limit_storage("50KB")
            server.start()
        world = World(engine, keys, [], None)
        _load(world, 4, 5000)
        filler = folder / "filler"
        if short_of == "disk":
            _fill(filler)
        relay = Relay(engine, broker, clock=world.clock)
        with pytest.raises(BrokerAway):
            all(relay.step() for _ in range(EVENTS))
        assert anything_unsent(engine)
        filler.unlink(missing_ok=True)
        server.kill()
        server.limit_storage("256MB")
        server.start()
        world.broker, world.consumers = broker, [RecordingConsumer()]
        world.restart()
        world.settle()
    _assert_once_and_in_order(engine)


def _fill(filler: Path) -> None:
    """Write until the disk has no room for another kilobyte."""
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        for _ in range(8 * 1024):
            file.write(b"x" * 1024)


@contextmanager
def _small_disk(folder: Path) -> Iterator[None]:
    """A file system of 8 MB, which only root can have."""
    folder.mkdir()
    if (
        os.geteuid()
        or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", folder], check=False).returncode
    ):
        pytest.skip("a small disk needs root, and leave to mount")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)
