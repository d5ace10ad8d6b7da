import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import sqlalchemy as sa

from assets.inbox import inbox_sensor
from core.benchmark.records import RoundClosed, RoundOpened
from core.judging.answers import Rating
from resources.dagster.recording_queue import RecordingQueue
from resources.home import Home
from resources.judging.rounds.batches import AnswerBatches
from resources.judging.rounds.page_answers import ItemPlace, PageAnswerTable
from resources.lake.specs import add_records
from resources.sql.engine import open_engine
from resources.sql.tables import METADATA
from resources.steps.result import StepResult

NAME, OTHER = "tip-bench-watched", "tip-bench-other"


class Watch:
    """A sensor over a home, an instance in memory and a clock; `look` gives the experiments it starts runs of."""

    def __init__(self, home: Home, engine: sa.Engine) -> None:
        self.home, self.time = home, 1e9
        self.table = PageAnswerTable(engine, lambda: "2027-01-15T09:00:00+00:00")
        self.batches = AnswerBatches(engine, lambda: uuid.uuid4().hex[:16])
        self.instance = dg.DagsterInstance.ephemeral()
        self.instance.add_dynamic_partitions("experiment", [NAME, OTHER])
        self.sensor = inbox_sensor(home, self.batches, "publish", lambda: self.time)
        self.keys: set[str | None] = set()
        self.reason: str | None = None

    def look(self) -> list[str | None]:
        """One tick: the daemon starts a run for each key that it has not seen."""
        partitions = []
        with dg.build_sensor_context(instance=self.instance) as context:
            ticked: Any = self.sensor(context)
            for said in ticked:
                if isinstance(said, dg.SkipReason):
                    self.reason = said.skip_message
                elif said.run_key not in self.keys:
                    self.keys.add(said.run_key)
                    partitions.append(said.partition_key)
        return partitions

    def run(self, status: dg.DagsterRunStatus = dg.DagsterRunStatus.QUEUED, name: str = NAME) -> None:
        """A publishing run of the experiment, asked for now."""
        run = dg.DagsterRun("publish", str(uuid.uuid4()), tags={"dagster/partition": name}, status=status)
        self.instance.add_run(run)
        self.time = self.instance.get_run_records(limit=1)[0].create_timestamp.timestamp()

    def end(self) -> None:
        """All of them are done."""
        for run in self.instance.get_runs():
            self.instance.delete_run(run.run_id)
            self.instance.add_run(run.with_status(dg.DagsterRunStatus.SUCCESS))

    def answer(self, item: str = "i") -> None:
        """An answer on a page."""
        self.table.save(ItemPlace(NAME, "r", "anna", item), Rating(item=item, rubric="t@1", unscorable="x"), "u")

    def drop(self, name: str = NAME) -> None:
        """A file in the inbox."""
        path = self.home.inbox(name) / "a.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    """A home with a database, and nothing that waits."""
    home = Home(tmp_path)
    engine = open_engine(f"sqlite:///{home.database}")
    METADATA.create_all(engine)
    made = Watch(home, engine)
    yield made
    made.instance.dispose()
    engine.dispose()


def test_nothing_waits(watch: Watch) -> None:
    """It says so."""
    assert watch.look() == []
    assert "no score file" in str(watch.reason)


def test_a_file_starts_one_run_and_is_offered_again_while_it_stays(watch: Watch) -> None:
    """Of its experiment alone, at once, and two minutes later once more."""
    watch.drop()
    assert watch.look() == [NAME]
    assert watch.look() == []
    watch.time += 121
    assert watch.look() == [NAME]
    watch.drop(OTHER)
    assert watch.look() == [OTHER]


def test_what_has_no_partition_is_left_alone(watch: Watch) -> None:
    """A folder of another name, or an experiment that nobody launched."""
    for name in ("tip-bench-unknown", "tip-bench-Wrong"):
        (watch.home.root / "inbox" / name).mkdir(parents=True)
        (watch.home.root / "inbox" / name / "a.jsonl").write_text("x")
    assert watch.look() == []


def test_what_a_command_left_is_recorded_first_and_so_its_experiment_is_known(watch: Watch) -> None:
    """A tick takes what waits for Dagster, and then the file that waits for the same experiment."""
    queue = RecordingQueue(watch.home)
    queue.add("tip-bench-by-command", [StepResult("candidates", {"done": 3})])
    watch.drop("tip-bench-by-command")
    assert watch.look() == ["tip-bench-by-command"]
    assert queue.waiting() == []
    assert watch.instance.get_materialized_partitions(dg.AssetKey("candidates")) == {"tip-bench-by-command"}


def test_answers_start_a_run_without_any_file(watch: Watch) -> None:
    """The page's answers are seen in the database."""
    watch.answer()
    assert watch.look() == [NAME]
    watch.batches.settle([batch.id for batch in watch.batches.batches(NAME)], [])
    watch.time += 1000
    assert watch.look() == []


def test_while_a_round_is_open_one_run_at_a_time_and_one_a_minute(watch: Watch) -> None:
    """Whatever waits and however often it looks."""
    add_records(watch.home, NAME, [RoundOpened("r", "anna", "me", "t")])
    watch.answer("first")
    assert watch.look() == [NAME]
    watch.run(dg.DagsterRunStatus.STARTED)
    for item in range(5):
        watch.answer(str(item))
        watch.drop()
        watch.time += 300
        assert watch.look() == []
    assert "queued or running" in str(watch.reason)
    watch.end()
    watch.run(dg.DagsterRunStatus.SUCCESS)
    watch.time += 59
    assert watch.look() == []
    assert "a minute" in str(watch.reason)
    watch.time += 2
    assert watch.look() == [NAME]


def test_a_closed_round_publishes_at_once_after_the_run_in_progress(watch: Watch) -> None:
    """The minute need not pass, the run in progress ends first."""
    add_records(watch.home, NAME, [RoundOpened("r", "anna", "me", "t")])
    watch.answer()
    watch.run(dg.DagsterRunStatus.STARTED)
    assert watch.look() == []
    add_records(watch.home, NAME, [RoundClosed("r", "me", "t")])
    assert watch.look() == []
    watch.end()
    watch.time += 1
    assert watch.look() == [NAME]


def test_another_experiments_round_holds_nothing_up(watch: Watch) -> None:
    """Runs and rounds count by experiment."""
    add_records(watch.home, OTHER, [RoundOpened("r", "anna", "me", "t")])
    watch.run(dg.DagsterRunStatus.STARTED, OTHER)
    watch.answer()
    assert watch.look() == [NAME]


def test_a_home_without_a_database_is_watched_for_files(watch: Watch) -> None:
    """Nothing is asked of answers that nobody can give."""
    watch.sensor = inbox_sensor(watch.home, None, "publish", lambda: watch.time)
    watch.drop()
    assert watch.look() == [NAME]


def test_an_entry_that_cannot_be_taken_is_said_and_the_others_go_on(watch: Watch) -> None:
    """A name that is not UTF-8, a pipe, a folder: beside files of their own experiment, and of another one."""
    folder = watch.home.inbox(NAME)
    folder.mkdir(parents=True)
    (folder / os.fsdecode(b"\xff.jsonl")).write_text("x")
    (folder / "folder.csv").mkdir()
    os.mkfifo(folder / "pipe.jsonl")
    assert watch.look() == []
    assert r"tip-bench-watched: '\udcff.jsonl' is left alone: its name is not UTF-8" in str(watch.reason)
    assert "'pipe.jsonl' is left alone: it is no regular file" in str(watch.reason)
    watch.drop()
    watch.drop(OTHER)
    assert watch.look() == [OTHER, NAME]


def test_an_experiment_that_cannot_be_read_keeps_no_other_one_out(watch: Watch) -> None:
    """Records that are damaged, or a file where the inbox's folder should be."""
    watch.drop()
    watch.drop(OTHER)
    records = watch.home.experiment(OTHER) / "records.jsonl"
    records.parent.mkdir(parents=True)
    records.write_text("{}\n{}\n")
    assert watch.look() == [NAME]
    (watch.home.inbox(OTHER) / "a.jsonl").unlink()
    watch.home.inbox(OTHER).rmdir()
    watch.home.inbox(OTHER).write_text("x")
    watch.time += 121
    assert watch.look() == [NAME]


def test_many_files_make_no_long_key(watch: Watch) -> None:
    """The key of a run is a tag of it; it changes with any of the files."""
    folder = watch.home.inbox(NAME)
    folder.mkdir(parents=True)
    for number in range(60):
        (folder / f"{number:050d}.jsonl").write_text("x")
    assert watch.look() == [NAME]
    (folder / f"{7:050d}.jsonl").write_text("xy")
    assert watch.look() == [NAME]
    assert max(map(len, filter(None, watch.keys))) < 200
