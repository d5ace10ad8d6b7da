"""What is deleted, and what holds an experiment."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.benchmark.records import ArchiveRecord, RoundOpened
from core.benchmark.spec import Options, SpecMismatch
from core.expected_error import ExpectedError
from resources.admin.deletion import NotDeletable, UnknownExperiment, delete_experiment
from resources.admin.experiments import LakeExperiments
from resources.adoption.adopt import adopt
from resources.adoption.options import AdoptOptions
from resources.collect.collecting_run import collect_experiment
from resources.collect.launch import launch
from resources.dagster.instance import ExperimentPartitions
from resources.judging.receiving.arrivals import receive
from resources.lake.lock import WriterBusy, writing
from resources.lake.specs import NotPinned, add_records, pinned_spec, read_records, read_spec
from resources.scoring.publishing import publish_leaderboard
from tests.resources.admin.conftest import make

NAME = "tip-bench-small"
FIRST, OTHER = Options(prompts=("terse",), n_scenarios=2), Options(prompts=("coach",), n_scenarios=3)
NO_DAGSTER = ExperimentPartitions(None)


@pytest.fixture
def pinned(bench: Any) -> Any:
    """The context with one experiment that was launched and of which nothing was collected."""
    launch(bench, NAME, FIRST, by_default=True)
    return bench


def test_a_deleted_name_is_used_afresh_with_other_options(pinned: Any) -> None:
    """Nothing of it remains: not its records, empty folders outside the lake, or what a reader had cached."""
    reads = LakeExperiments(pinned)
    before = reads.spec(NAME)
    for outside in (pinned.home.exports(NAME, "agent"), pinned.home.inbox(NAME)):
        outside.mkdir(parents=True)
    add_records(pinned.home, NAME, [ArchiveRecord("boss", "t")])
    deleted = delete_experiment(pinned, NAME, NO_DAGSTER)
    assert (deleted.experiment, deleted.notes) == (NAME, [])
    assert not pinned.home.experiment(NAME).exists()
    assert [*(pinned.home.root / "lake").iterdir()] == []
    assert not (pinned.home.root / "exports" / NAME).exists()
    assert not pinned.home.inbox(NAME).exists()
    assert reads.by_names([NAME]) == [None]
    launch(pinned, NAME, OTHER, ["anna"], by_default=True)
    assert reads.spec(NAME) != before
    assert [type(record).__name__ for record in read_records(pinned.home, NAME)] == ["JudgeRecord"]


def _collected(bench: Any, _: Path) -> None:
    collect_experiment(bench, pinned_spec(bench.home, NAME), run_id="run-1", accept=False)


def _journaled(bench: Any, folder: Path) -> None:
    _collected(bench, folder)
    shutil.rmtree(bench.home.experiment(NAME) / "candidates")


def _published(bench: Any, _: Path) -> None:
    publish_leaderboard(bench, pinned_spec(bench.home, NAME))


def _scored(bench: Any, _: Path) -> None:
    shutil.rmtree(bench.home.root)
    make(bench, NAME)
    folder = bench.home.experiment(NAME)
    (folder / "journal.jsonl").unlink()
    for dataset in ("candidates", "leaderboards"):
        shutil.rmtree(folder / dataset)


def _round(bench: Any, _: Path) -> None:
    add_records(bench.home, NAME, [RoundOpened("round-1", "anna", "boss", "t")])


def _waiting(bench: Any, _: Path) -> None:
    receive(bench.home, NAME, "scores.jsonl", b"{}\n", "2026-01-01T00:00:00+00:00")


def _extended(bench: Any, _: Path) -> None:
    launch(bench, "tip-bench-next", Options(extends=NAME), by_default=True)


def _adopted(bench: Any, folder: Path) -> None:
    shutil.rmtree(bench.home.root)
    row = {"model": "m", "prompt": "p", "scenario_id": "s", "scenario": "x", "tip_index": 0, "text": "Walk."}
    (folder / "made.jsonl").write_text(json.dumps(row) + "\n")
    adopt(bench, NAME, [folder / "made.jsonl"], AdoptOptions(), None)


COLLECTED = "4 of its generations have been collected, and a name that stood for tips is not used again"


@pytest.mark.parametrize(
    ("done", "said"),
    [
        (_collected, COLLECTED),
        (_journaled, COLLECTED),
        (_published, "a leaderboard of it is published"),
        (_scored, "it has been scored"),
        (_round, "it has a round of judging"),
        (_waiting, f"there are files in inbox/{NAME}"),
        (_extended, "tip-bench-next extends it"),
        (_adopted, "it holds adopted outputs"),
    ],
)
def test_what_holds_anything_stays(pinned: Any, tmp_path: Path, done: Callable[[Any, Path], None], said: str) -> None:
    """One sentence says what it holds, and no file is touched."""
    done(pinned, tmp_path)
    before = {path: path.stat().st_mtime_ns for path in pinned.home.root.rglob("*")}
    with pytest.raises(NotDeletable) as refused:
        delete_experiment(pinned, NAME, NO_DAGSTER)
    assert (str(refused.value), refused.value.path) == (f"{NAME} cannot be deleted: {said}", ("experiment",))
    lock = pinned.home.experiment(NAME) / "lock"
    assert {path: path.stat().st_mtime_ns for path in pinned.home.root.rglob("*")} | {lock: 0} == before | {lock: 0}


def test_what_is_being_written_stays(pinned: Any) -> None:
    """Whoever holds the writer lock is named."""
    with (
        writing(pinned.home, NAME, purpose="collecting", now="then"),
        pytest.raises(WriterBusy, match=r"\(collecting, since "),
    ):
        delete_experiment(pinned, NAME, NO_DAGSTER)
    assert read_spec(pinned.home, NAME) is not None


@pytest.mark.parametrize("name", ["tip-bench-none", "../tip-bench-small", "", "tip-bench-small\n", "x" * 500])
def test_what_is_not_there_is_said(pinned: Any, name: str) -> None:
    """An unknown name and what is no name make no folder."""
    before = [*pinned.home.root.rglob("*")]
    with pytest.raises(UnknownExperiment, match="there is no experiment"):
        delete_experiment(pinned, name, NO_DAGSTER)
    assert [*pinned.home.root.rglob("*")] == before


def test_what_dagster_and_mlflow_keep_is_said(pinned: Any) -> None:
    """The experiment is gone all the same."""

    class Away(ExperimentPartitions):
        """An instance whose database cannot be written."""

        def remove(self, experiment: str) -> str:
            """Say so."""
            return f"{experiment} is still listed"

    (pinned.home.experiment(NAME) / "tracking.json").write_text("{}")
    deleted = delete_experiment(pinned, NAME, Away(None))
    assert deleted.notes == [f"{NAME} is still listed", f"MLflow keeps what it was told of {NAME}: delete it there"]
    assert read_spec(pinned.home, NAME) is None


def test_a_launch_with_other_options_names_the_way_out(pinned: Any) -> None:
    """Only as long as nothing was collected; the same options, or none, go on."""
    with pytest.raises(SpecMismatch, match=f"tipbench delete {NAME} frees its name"):
        launch(pinned, NAME, OTHER, by_default=True)
    spec = launch(pinned, NAME, FIRST, by_default=True)
    assert spec == launch(pinned, NAME, Options(), by_default=True)
    collect_experiment(pinned, spec, run_id="run-1", accept=False)
    with pytest.raises(SpecMismatch) as refused:
        launch(pinned, NAME, OTHER, by_default=True)
    assert "delete" not in str(refused.value)


@pytest.mark.parametrize("again", [None, OTHER], ids=["deleted", "launched anew"])
def test_a_run_that_began_before_requests_nothing_after(pinned: Any, again: Options | None) -> None:
    """A run that read the pin before it was deleted ends before its first request."""
    spec = pinned_spec(pinned.home, NAME)
    delete_experiment(pinned, NAME, NO_DAGSTER)
    if again is not None:
        launch(pinned, NAME, again, by_default=True)
    with pytest.raises(NotPinned) as refused:
        collect_experiment(pinned, spec, run_id="run-1", accept=False)
    assert isinstance(refused.value, ExpectedError)
    assert not (pinned.home.experiment(NAME) / "journal.jsonl").exists()
