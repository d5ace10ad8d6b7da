"""What commands made is recorded in Dagster without a run, once, by one process at a time that outlives them."""

import errno
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from sqlalchemy.exc import OperationalError

from resources.dagster.instance import prepare_instance
from resources.dagster.recorder import record, record_home, record_waiting
from resources.dagster.recorder_process import start_recorder
from resources.dagster.recording_queue import FOLDER, RecordingQueue
from resources.home import Home
from resources.steps.result import FilePath, Json, Markdown, StepResult
from tests.deadline import DEADLINE_S

pytestmark = pytest.mark.slow
NAME = "tip-bench-recorded"
STEP = StepResult(
    "candidates",
    {"done": 3, "left": "nothing", "cells": Markdown("| a |"), "folder": FilePath("x"), "pending": Json({"anna": 2})},
    {"maybe_paid_twice": "2 requests"},
)
OTHER = StepResult("leaderboards", {"done": 4})


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home whose databases exist."""
    home = Home(tmp_path_factory.mktemp("made"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAGSTER_HOME", str(home.dagster))
        prepare_instance(home)
        with dg.DagsterInstance.get() as instance:
            instance.add_dynamic_partitions("experiment", ["tip-bench-before"])
    return home


@pytest.fixture
def instance(made: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    """The instance of that home."""
    monkeypatch.setenv("DAGSTER_HOME", str(made.dagster))
    with dg.DagsterInstance.get() as opened:
        yield opened


def _recorded(instance: dg.DagsterInstance, name: str, asset: str = "candidates") -> list[dict[str, Any]]:
    """The metadata of an asset's events, newest first."""
    wanted = dg.AssetRecordsFilter(dg.AssetKey(asset), asset_partitions=[name])
    events = [found.asset_materialization for found in instance.fetch_materializations(wanted, limit=9).records]
    return [{key: value.value for key, value in event.metadata.items()} for event in events if event]


def test_a_process_that_nobody_waits_for_records_a_new_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With all metadata; the partition is added, the queue is empty then, and nothing is left but the lock."""
    home = Home(tmp_path / "a home")
    queue = RecordingQueue(home)
    assert queue.add(NAME, [STEP])
    started = [start_recorder(home) for _ in range(2)]
    assert [process.wait(DEADLINE_S) for process in started] == [0, 0]
    assert home.storage.blobs.list(FOLDER) == ["lock"]
    monkeypatch.setenv("DAGSTER_HOME", str(home.dagster))
    with dg.DagsterInstance.get() as instance:
        assert instance.get_dynamic_partitions("experiment") == [NAME]
        (shown,) = _recorded(instance, NAME)
    assert re.fullmatch(r"\d{8}T\d{6}\.\d{6}Z-[0-9a-f]{8}", shown.pop("recording"))
    assert shown == {"done": 3, "left": "nothing", "cells": "| a |", "folder": "x", "pending": {"anna": 2},
                     "maybe_paid_twice": "2 requests"}  # fmt: skip


def test_nothing_is_started_or_made_for_an_empty_queue(tmp_path: Path) -> None:
    """A recorder without anything to record leaves the home as it is."""
    record_home(Home(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_had_begun_is_recorded_once(made: Home, instance: dg.DagsterInstance) -> None:
    """Killed between the events of two assets, or after both before the file was removed: each event is there once."""
    queue = RecordingQueue(made)
    for name, before_death in (("tip-bench-half", [STEP]), ("tip-bench-whole", [STEP, OTHER])):
        queue.add(name, [STEP, OTHER])
        (key,) = queue.waiting()
        recording, again = queue.begin(key)
        assert again is False
        half = json.loads((made.root / FOLDER / f"{recording.id}.begun.json").read_bytes())
        assert half["experiment"] == name
        record(instance, type(recording)(recording.id, name, before_death), again=False)
        assert record_waiting(queue, lambda: instance) is None
        assert queue.waiting() == []
        assert [len(_recorded(instance, name, asset)) for asset in ("candidates", "leaderboards")] == [1, 1]


def test_one_process_records_at_a_time_and_takes_what_comes_meanwhile(made: Home, instance: dg.DagsterInstance) -> None:
    """Who finds the lock taken leaves the file, and its holder looks again."""
    queue = RecordingQueue(made)
    queue.add("tip-bench-first", [STEP])

    def opened() -> dg.DagsterInstance:
        if queue.add("tip-bench-second", [STEP]):  # another command, while this one records
            assert record_waiting(queue, pytest.fail) is None
        return instance

    assert record_waiting(queue, opened) is None
    assert queue.waiting() == []
    assert [len(_recorded(instance, f"tip-bench-{name}")) for name in ("first", "second")] == [1, 1]


def test_a_locked_database_is_told_by_the_next_command(made: Home, instance: dg.DagsterInstance) -> None:
    """With the database's words, the folder and what to do; once it is free everything is recorded and forgotten."""
    queue = RecordingQueue(made)
    queue.add("tip-bench-locked", [STEP])

    def away() -> dg.DagsterInstance:
        raise OperationalError("insert", {}, sqlite3.OperationalError("database is locked"))

    assert record_waiting(queue, away) == "database is locked"
    late = queue.late()
    assert late is not None
    assert late.startswith("1 earlier result is not in Dagster yet (database is locked): make room")
    assert str(made.dagster) in late
    assert record_waiting(queue, lambda: instance) is None
    assert (queue.late(), queue.problem()) == (None, None)
    assert len(_recorded(instance, "tip-bench-locked")) == 1


def test_a_store_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    """Whatever the error is: nobody reads the process's output."""
    home = Home(tmp_path)
    queue = RecordingQueue(home)
    queue.add(NAME, [STEP])
    (home.dagster / "dagster.yaml").write_text("storage: {nonsense: 1}\n")
    assert start_recorder(home).wait(DEADLINE_S) == 0
    assert "DagsterInvalidConfigError" in (queue.late() or "")


def test_a_recording_that_cannot_be_read_holds_up_no_other(made: Home, instance: dg.DagsterInstance) -> None:
    """It is set aside under its name."""
    queue = RecordingQueue(made)
    queue.add("tip-bench-torn", [STEP])
    (torn,) = queue.waiting()
    (made.root / torn).write_bytes(b"{")
    queue.add("tip-bench-sound", [STEP])
    assert record_waiting(queue, lambda: instance) is None
    assert queue.unreadable() == [torn.replace(".json", ".unreadable")]
    assert len(_recorded(instance, "tip-bench-sound")) == 1


def test_a_deleted_experiment_gets_no_partition_again(made: Home, instance: dg.DagsterInstance) -> None:
    """What waited of it is forgotten."""
    queue = RecordingQueue(made)
    queue.add("tip-bench-deleted", [STEP])
    shutil.rmtree(made.experiment("tip-bench-deleted"))
    assert record_waiting(queue, lambda: instance) is None
    assert queue.waiting() == []
    assert "tip-bench-deleted" not in instance.get_dynamic_partitions("experiment")


def test_a_deleted_home_is_not_made_again(tmp_path: Path) -> None:
    """A process that comes too late, or whose database goes away under it, leaves nothing behind."""
    home = Home(tmp_path / "gone")
    assert start_recorder(home).wait(DEADLINE_S) == 0
    RecordingQueue(home).failed("the disk went away")
    assert list(tmp_path.iterdir()) == []


def test_a_process_that_hangs_is_ended_by_the_kernel(tmp_path: Path) -> None:
    """The alarm is set before anything is imported or opened, here while a database never answers."""
    home = Home(tmp_path)
    RecordingQueue(home).add(NAME, [STEP])
    fifo = home.dagster / "dagster.yaml"
    os.mkfifo(fifo)  # who reads it waits for ever
    process = start_recorder(home)
    writer = _opened_by_a_reader(fifo, process)
    process.send_signal(signal.SIGALRM)
    assert process.wait(DEADLINE_S) == -signal.SIGALRM
    os.close(writer)
    with RecordingQueue(home).alone() as alone:
        assert alone


def _opened_by_a_reader(fifo: Path, process: "subprocess.Popen[bytes]") -> int:
    """The writing end, once the process reads."""
    while True:
        try:
            return os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
        except OSError as error:
            if error.errno != errno.ENXIO or process.poll() is not None:
                raise
