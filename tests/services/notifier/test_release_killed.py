"""The way of a notice from the event to the first screen, killed before every statement and commit on it."""

import random
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from services.notifier.tables import NOTICES
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
