"""The way of a notice from the event to the first screen, killed before every statement and commit on it."""

import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa

from contracts.modules.events import ConsentChangedV1, PreferencesChangedV1
from contracts.modules.profile import Caps, Channel, Preferences
from services.notifier.channels.settings import NotifierTable
from services.notifier.delivery.slots import SENDING_S
from services.notifier.release_worker import ReleaseWorker
from services.notifier.tables import DELIVERIES, NOTICES
from tests.services.notifier.channels.web_push.push_peer import PushPeer, push_peer_in_thread
from tests.services.notifier.world import World
from tests.structure.sources import ROOT

MOST_STEPS, SEED = 200, 1


@pytest.mark.slow
def test_a_notice_arrives_once_whatever_is_killed(world: World, database_url: str) -> None:
    """Killed before each step, and then at a random one once more: one row, one entry, once on the first screen."""
    print(f"seed {SEED}")
    chance = random.Random(SEED)  # noqa: S311  # a seeded course
    command = [sys.executable, "-m", "tests.services.notifier.notifying_process", str(world.home.root), database_url]
    ids: list[str] = []
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def run(id_: str, step: int) -> str:
            print(id_, step, file=process.stdin, flush=True)
            assert process.stdout is not None
            return process.stdout.readline().strip()

        said = "killed"
        while said == "killed":
            ids.append(f"notice-{len(ids) + 1}")
            assert len(ids) < MOST_STEPS
            said = run(ids[-1], len(ids))
            assert said in {"killed", "done"}
            _once_at_most(world, ids)
            if run(ids[-1], chance.randrange(1, MOST_STEPS)) == "killed":
                assert run(ids[-1], MOST_STEPS) == "done"
        process.stdin.close()
    assert len(ids) > 15, "the steps of the way"
    assert sorted(notice.id for notice in world.inbox()) == sorted(ids)
    assert world.section()["unread"] == len(ids)
    _once_at_most(world, ids)


@pytest.mark.slow
def test_a_push_service_sees_a_notice_once_at_most_whatever_is_killed(tmp_path: Path) -> None:
    """Killed before each step of the release and on either side of the call; what was cut off is unknown, none is lost.

    Where the service saw none a row says so.
    """
    world, peer, counts = World(tmp_path / "home"), PushPeer(), Caps(per_24h=100, per_day=100, per_topic=100)
    world.publish(PreferencesChangedV1(version=1, preferences=Preferences(channels=(Channel.PUSH,), caps=counts)))
    world.publish(ConsentChangedV1(purpose="push", given=True, version=1))
    world.deliver()
    with push_peer_in_thread(peer):
        world.reach(Channel.PUSH, peer.address())
        worker = ReleaseWorker(world.context(NotifierTable(contact="mailto:us@tips.example"), peer.pair))
        database, port = world.engine.url.render_as_string(hide_password=False), str(peer.pair[1])
        command = [sys.executable, "-m", "tests.services.notifier.notifying_process", str(world.home.root)]
        said = ["killed"]
        with subprocess.Popen(
            [*command, database, port], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            while said[-1] == "killed":
                assert len(said) < MOST_STEPS
                print(f"notice-{len(said)}", len(said), file=process.stdin, flush=True)
                said.append(process.stdout.readline().strip())
                while worker.step():
                    pass
            process.stdin.close()
        assert said[-1] == "done"
        world.clock.now += SENDING_S + 1
        worker.step()
        worker.close()
    seen = Counter(message["id"] for message in peer.messages)
    with world.engine.connect() as connection:
        slots = {row.notice: row.state for row in connection.execute(sa.select(DELIVERIES))}
    world.close()
    assert len(said) > 12, "the steps of the release"
    assert slots.keys() == {f"notice-{step}" for step in range(1, len(said))}
    assert set(seen.values()) == {1}
    cut_off = {notice for notice, state in slots.items() if state == "unknown"}
    assert {notice for notice, state in slots.items() if state == "delivered"} == slots.keys() - cut_off
    assert slots.keys() - seen.keys() <= cut_off
    assert slots.keys() - seen.keys(), "one was killed between its slot and its call"
    assert cut_off & seen.keys(), "one was killed between its call and its outcome"


def _once_at_most(world: World, ids: list[str]) -> None:
    with world.engine.connect() as connection:
        stored = list(connection.execute(sa.select(NOTICES.c.id)).scalars())
    assert len(stored) == len(set(stored))
    assert set(ids[:-1]) <= set(stored) <= set(ids)


def test_a_home_of_files_is_where_the_rows_are(tmp_path: Path) -> None:
    """A second world on the same home sees what the first one brought."""
    first = World(tmp_path / "home")
    id_ = first.notify()
    second = World(tmp_path / "home")
    assert [notice.id for notice in second.inbox()] == [id_]
    first.close()
    second.close()
