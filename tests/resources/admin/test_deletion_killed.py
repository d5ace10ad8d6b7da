"""A deletion that dies at any step."""

import shutil
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from contracts.benchmark.experiments import RunRecord
from core.benchmark.spec import Options
from resources.admin.deletion import delete_experiment
from resources.collect.launch import launch
from resources.dagster.instance import ExperimentPartitions
from resources.dagster.recorder_process import start_recorder
from resources.dagster.recording_queue import RecordingQueue
from resources.home import Home
from resources.lake.runs import write_run
from resources.lake.specs import read_spec, sweep_discarded
from resources.steps.result import StepResult
from tests.deadline import DEADLINE_S
from tests.killed_steps import killed_steps

pytestmark = pytest.mark.slow
MOST_STEPS = 60
NAME = "tip-bench-small"


@pytest.fixture(scope="module")
def run() -> Iterator[Callable[[Path, int], int]]:
    """Deletes an experiment in a process that dies before a step, and gives its exit code."""
    with killed_steps("tests.resources.admin.deleting_process") as found:
        yield found


def _files(home: Home) -> dict[str, bytes]:
    """What the experiment holds, the writer lock aside."""
    folder = home.experiment(NAME)
    found = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return {name: data for name, data in found.items() if name not in {"lock", ".lock.fence"}}


def _partitions(home: Home) -> list[str]:
    with closing(sqlite3.connect(home.dagster / "history" / "runs" / "index.db")) as database:
        return [row[0] for row in database.execute("SELECT partition FROM dynamic_partitions")]


def test_a_kill_at_any_step_leaves_the_experiment_or_nothing_of_it(bench: Any, run: Any) -> None:
    """What is there is whole and can be deleted again; what is removed has a free name; no file is left behind."""
    home = bench.home
    launch(bench, NAME, Options(prompts=("terse",)), by_default=True)
    write_run(home, NAME, RunRecord("run-1", "failed", "t", "t", 0, 18, 0, 0.0))
    (home.experiment(NAME) / "journal.jsonl").touch()
    for outside in (home.exports(NAME, "agent"), home.inbox(NAME)):
        outside.mkdir(parents=True)
    RecordingQueue(home).add(NAME, [StepResult("candidates", {})])
    assert start_recorder(home).wait(DEADLINE_S) == 0
    assert _partitions(home) == [NAME]
    whole, saved = _files(home), home.root.with_name("saved")
    shutil.copytree(home.root, saved)
    intact = removed = 0
    for step in range(MOST_STEPS):
        shutil.rmtree(home.root)
        shutil.copytree(saved, home.root)
        code = run(home.root, step)
        if read_spec(home, NAME) is None:
            assert not home.experiment(NAME).exists(), step
            assert _partitions(home) == [], step
            removed += 1
        else:
            assert _files(home) == whole, step
            delete_experiment(bench, NAME, ExperimentPartitions(None))
            intact += 1
        sweep_discarded(home)
        assert [*(home.root / "lake").iterdir()] == [], step
        if code == 0:
            break
        assert code == -signal.SIGKILL, step
    else:
        pytest.fail("the deletion never came to its end")
    launch(bench, NAME, Options(prompts=("coach",), n_scenarios=2), by_default=True)
    assert intact >= 3
    assert removed >= 6
