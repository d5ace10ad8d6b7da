"""The way of a notice from the event to the first screen, killed before every statement and commit on it."""

import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
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
from tests.services.notifier.world import World, request
from tests.structure.sources import ROOT

MOST_STEPS, SEED, ROUNDS = 200, 1, 6


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
def test_a_push_service_sees_a_notice_once_at_most_whatever_is_killed(world: World, database_url: str) -> None:
    """Killed before each step of the release and on either side of the call; what was cut off is unknown, none is lost.

    Where the service saw none a row says so. On PostgreSQL a third of the steps are tried.
    """
    print(f"seed {SEED}")
    chance = random.Random(SEED)  # noqa: S311  # a seeded sample
    each, said, steps = world.engine.dialect.name == "sqlite", "killed", list[int]()
    with _pushing(world, database_url) as pushing:
        while said == "killed":
            steps.append((steps[-1] if steps else 0) + (1 if each else chance.randrange(1, 6)))
            assert steps[-1] < MOST_STEPS
            said = pushing.run(f"notice-{steps[-1]}", steps[-1])
            pushing.release()
        assert said == "done"
        seen, slots = pushing.end()
    assert steps[-1] > 12, "the steps of the release"
    assert slots.keys() == {f"notice-{step}" for step in steps}
    cut_off = _once_or_unknown(seen, slots)
    if not each:
        return
    assert slots.keys() - seen.keys(), "one was killed between its slot and its call"
    assert cut_off & seen.keys(), "one was killed between its call and its outcome"


@pytest.mark.slow
def test_two_processes_that_release_and_are_killed_hand_nothing_over_twice(world: World, database_url: str) -> None:
    """Both take notices of one database two at a time, until each is killed at a random step of its own."""
    print(f"seed {SEED}")
    chance = random.Random(SEED)  # noqa: S311  # a seeded course
    ids, said = list[str](), list[str]()
    with _pushing(world, database_url) as pushing:
        for _ in range(ROUNDS):
            ids += [world.publish(request(str(number))) for number in range(6)]
            world.deliver()
            said.append(pushing.run("-", chance.randrange(4, 40), chance.randrange(4, 40)))
        pushing.release()
        seen, slots = pushing.end()
    assert set(said) <= {"killed", "done"}
    assert said.count("killed") > ROUNDS / 2
    assert slots.keys() == set(ids)
    assert 0 < len(_once_or_unknown(seen, slots)) < len(ids)


class _Pushing:
    """A user who is reached at a push service, and processes that release what they are notified of."""

    def __init__(self, world: World, peer: PushPeer, process: "subprocess.Popen[str]") -> None:
        self._world, self._peer, self._process = world, peer, process
        settings = NotifierTable(contact="mailto:us@tips.example")
        self._worker = ReleaseWorker(world.context(settings, peer.pair))

    def run(self, *words: object) -> str:
        """Let processes do what the line says, and return whether one was killed."""
        assert self._process.stdout is not None
        print(*words, file=self._process.stdin, flush=True)
        return self._process.stdout.readline().strip()

    def release(self) -> None:
        """Release here what is due."""
        while self._worker.step():
            pass

    def end(self) -> tuple[Counter[str], dict[str, str]]:
        """Give up what was cut off; return how often the service saw each notice, and the state of each slot."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._world.clock.now += SENDING_S + 1
        self.release()
        self._worker.close()
        with self._world.engine.connect() as connection:
            slots = {row.notice: row.state for row in connection.execute(sa.select(DELIVERIES))}
        return Counter(message["id"] for message in self._peer.messages), slots


@contextmanager
def _pushing(world: World, database: str) -> Iterator[_Pushing]:
    peer, counts = PushPeer(), Caps(per_24h=100, per_day=100, per_topic=100)
    preferences = Preferences(channels=(Channel.PUSH,), caps=counts, unseen_hours=0)
    world.publish(PreferencesChangedV1(version=1, preferences=preferences))
    world.publish(ConsentChangedV1(purpose="push", given=True, version=1))
    world.deliver()
    command = [sys.executable, "-m", "tests.services.notifier.notifying_process", str(world.home.root), database]
    with push_peer_in_thread(peer):
        world.reach(Channel.PUSH, peer.address())
        with subprocess.Popen(
            [*command, str(peer.pair[1])], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            yield _Pushing(world, peer, process)


def _once_or_unknown(seen: Counter[str], slots: dict[str, str]) -> set[str]:
    """Return what is unknown: all else was seen, and nothing more than once."""
    unknown = {notice for notice, state in slots.items() if state == "unknown"}
    assert set(seen.values()) == {1}
    assert seen.keys() <= slots.keys()
    assert {notice for notice, state in slots.items() if state == "delivered"} == slots.keys() - unknown
    assert slots.keys() - seen.keys() <= unknown
    return unknown


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
