"""Clocks that step by days, forward and back, under the process that releases notices and under its PostgreSQL."""

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from aiohttp import web

from contracts.modules.events import ConsentChangedV1, PreferencesChangedV1
from contracts.modules.profile import Caps, Channel, Preferences
from services.notifier.tables import DELIVERIES
from tests.conftest import POSTGRESQL
from tests.postgresql import programs, running
from tests.services.notifier.channels.web_push.push_peer import PushPeer, push_peer_in_thread
from tests.services.notifier.outside import HOUR_S, NIGHTS
from tests.services.notifier.world import DAY_S, START, World, request
from tests.structure.sources import ROOT

pytestmark = [pytest.mark.faketime, pytest.mark.slow]
HOURS = (2, 26, 2, 16, 39, 15, 2, 28, 4)
"""The hours after START, 8 o'clock in the morning, at which the clock stands: a day on, back, into nights and out."""


class SteppedClock:
    """The clock of processes that have `environment`, which goes on from wherever it is set to."""

    def __init__(self, folder: Path, library: Path) -> None:
        self._file = folder / "offset"
        self.environment: Mapping[str, str] = {
            **os.environ,
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
        self.set(time.time())

    def set(self, at: float) -> None:
        """Let it be this Unix time."""
        written = self._file.with_suffix(".new")
        written.write_text(f"{at - time.time():+.3f}\n")
        written.chmod(0o644)
        written.replace(self._file)


@pytest.fixture
def clock() -> Iterator[SteppedClock]:
    """The clock, in a folder that PostgreSQL's user may read, on a disk: in memory it saw no step there."""
    found = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("libfaketime is not installed")
        pytest.skip("libfaketime is not installed")
    with tempfile.TemporaryDirectory(prefix="tipbench-", dir="/var/tmp") as made:
        Path(made).chmod(0o755)
        yield SteppedClock(Path(made), found)


@pytest.fixture(params=["sqlite", POSTGRESQL])
def world(request: pytest.FixtureRequest, tmp_path: Path, clock: SteppedClock) -> Iterator[World]:
    """A home; its PostgreSQL is a server of its own, whose clock steps too."""
    with _database(request.param, clock) as url:
        made = World(tmp_path / "home", url)
        yield made
        made.close()


@contextmanager
def _database(kind: str, clock: SteppedClock) -> Iterator[str | None]:
    found = programs()
    if kind == "sqlite":
        yield None
    elif found is None:
        pytest.skip("PostgreSQL is not installed")
    else:
        with running(found, clock.environment) as cluster, cluster.database() as name:
            yield cluster.url(name)


def test_whatever_the_clock_does_a_notice_goes_out_once_and_by_day(world: World, clock: SteppedClock) -> None:
    """Two are requested at each hour, and some steps come in the middle of a call: none is lost, none is by night."""
    peer, ids, allowed = PushPeer(), list[str](), Caps(per_24h=100, per_day=100, per_topic=100)
    chosen = Preferences(channels=(Channel.PUSH,), caps=allowed, quiet=NIGHTS, unseen_hours=0)
    world.publish(PreferencesChangedV1(version=1, preferences=chosen))
    world.publish(ConsentChangedV1(purpose="push", given=True, version=1))
    with push_peer_in_thread(peer), _released(world, peer, clock) as process:
        world.reach(Channel.PUSH, peer.address())
        for number, hour in enumerate(HOURS):
            world.clock.now = START + hour * HOUR_S
            ids += [world.publish(request(f"{number}")) for _ in range(2)]
            world.deliver()
            clock.set(world.clock.now)
            before, at = len(peer.messages), _step(process)
            by_day = 7 <= datetime.fromtimestamp(at, UTC).hour < 22
            assert abs(at - world.clock.now) < HOUR_S
            assert len(peer.messages) == before or by_day
            assert len(peer.messages) > before or not by_day

        def steps(_: web.Request) -> web.Response:
            clock.set(START + 3 * DAY_S)
            return web.Response(status=201)

        peer.answers = {"/send/one": steps}
        for day in (2, 3, 4):
            world.clock.now = START + day * DAY_S
            ids.append(world.publish(request("late")))
            world.deliver()
            clock.set(world.clock.now)
            _step(process)
    assert Counter(message["id"] for message in peer.messages) == Counter(ids)
    with world.engine.connect() as connection:
        states = Counter(connection.execute(sa.select(DELIVERIES.c.state)).scalars())
        if connection.dialect.name == "postgresql":
            at = connection.execute(sa.select(sa.func.now())).scalar_one().timestamp()
            assert abs(at - START - 3 * DAY_S) < HOUR_S, "the database's clock steps too"
    assert states == {"delivered": len(ids)}


@contextmanager
def _released(world: World, peer: PushPeer, clock: SteppedClock) -> "Iterator[subprocess.Popen[str]]":
    database, port = world.engine.url.render_as_string(hide_password=False), str(peer.pair[1])
    name = "tests.services.notifier.delivery.stepping_process"
    with subprocess.Popen(
        [sys.executable, "-m", name, str(world.home.root), database, port],
        cwd=ROOT,
        env=clock.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
            assert process.stdin is not None
            process.stdin.close()
            assert process.wait() == 0
        finally:
            process.kill()


def _step(process: "subprocess.Popen[str]") -> float:
    """Let it release what is due; return what time it was there."""
    assert process.stdout is not None
    print("release", file=process.stdin, flush=True)
    return float(process.stdout.readline())
