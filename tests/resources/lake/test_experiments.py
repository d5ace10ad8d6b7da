"""Lists of experiments."""

from typing import Any

import pytest

from contracts.paging import PageRequest
from core.benchmark.spec import Options
from resources.admin.experiments import LakeExperiments
from resources.collect.launch import launch
from resources.lake.broken import LakeBroken
from resources.lake.experiments import list_experiments, state_of
from resources.lake.journal import Journal, journal_of
from resources.lake.specs import pinned_spec


@pytest.mark.parametrize("file", ["spec.json", "records.jsonl"])
def test_a_damaged_experiment_is_a_row_and_the_others_stay(bench: Any, file: str) -> None:
    """In the list of the command line and of the API, in either order; asked for by name it is unavailable."""
    for name in ("tip-bench-a", "tip-bench-b"):
        launch(bench, name, Options(prompts=("terse",)), by_default=True)
    (bench.home.experiment("tip-bench-a") / file).write_text("{no\n")
    assert [(row.name, row.state) for row in list_experiments(bench.home)] == [
        ("tip-bench-a", "unreadable"),
        ("tip-bench-b", "pinned"),
    ]
    reads = LakeExperiments(bench)
    for sort in ("name", "created_at"):
        rows = reads.page(PageRequest(first=9, sort=sort)).rows
        assert [(row.name, row.state) for row in rows] == [("tip-bench-a", "unreadable"), ("tip-bench-b", "pinned")]
    with pytest.raises(LakeBroken):
        reads.by_names(["tip-bench-a"])


def test_an_interrupted_run_is_collecting(bench: Any) -> None:
    """Pinned alone is an experiment of which nothing was requested; an answer in the journal is more than that."""
    launch(bench, "tip-bench-a", Options(prompts=("terse",)), by_default=True)
    spec = pinned_spec(bench.home, "tip-bench-a")
    assert state_of(bench.home, spec) == "pinned"
    with Journal(journal_of(bench.home, "tip-bench-a")) as journal:
        journal.sent("k")
    assert state_of(bench.home, spec) == "collecting"
