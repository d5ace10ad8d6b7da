"""What steps made is recorded in Dagster without a run."""

from pathlib import Path

import dagster as dg
import pytest

from resources.dagster.instance import prepare_instance
from resources.dagster.subprocess_recorder import RunStoreUnavailable, SubprocessRecorder
from resources.home import Home
from resources.steps.result import FilePath, Json, Markdown, StepResult

pytestmark = pytest.mark.slow
NAME = "tip-bench-recorded"
STEP = StepResult(
    "candidates",
    {"done": 3, "left": "nothing", "cells": Markdown("| a |"), "folder": FilePath("x"), "pending": Json({"anna": 2})},
)


def test_a_step_is_a_materialization_of_its_partition(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its metadata; the partition is added, and recording again adds another event."""
    home = Home(tmp_path / "a home")
    for _ in range(2):
        SubprocessRecorder(home).record(NAME, [STEP])
    monkeypatch.setenv("DAGSTER_HOME", str(home.dagster))
    prepare_instance(home)
    with dg.DagsterInstance.get() as instance:
        assert instance.get_dynamic_partitions("experiment") == [NAME]
        wanted = dg.AssetRecordsFilter(dg.AssetKey("candidates"), asset_partitions=[NAME])
        events = [r.asset_materialization for r in instance.fetch_materializations(wanted, limit=9).records]
    assert len(events) == 2
    assert events[0] is not None
    shown = {name: value.value for name, value in events[0].metadata.items()}
    assert shown == {"done": 3, "left": "nothing", "cells": "| a |", "folder": "x", "pending": {"anna": 2}}


def test_a_store_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    """With its folder and what to do."""
    home = Home(tmp_path)
    home.dagster.parent.mkdir(exist_ok=True)
    home.dagster.write_text("no folder")
    with pytest.raises(RunStoreUnavailable, match=r"cannot be used.*run again"):
        SubprocessRecorder(home).record(NAME, [STEP])


def test_a_recorder_that_is_given_nothing_ends(tmp_path: Path) -> None:
    """And leaves nothing in the home."""
    SubprocessRecorder(Home(tmp_path)).close()
    assert list(tmp_path.iterdir()) == []
