"""How far a collecting run is with each cell, as it is recorded while it goes on."""

from typing import Any

from contracts.benchmark.experiments import CellProgressView
from core.benchmark.spec import Options
from resources.collect.collecting_run import collect_experiment
from resources.collect.launch import launch
from resources.home import Home
from resources.lake.runs import read_run, read_runs
from tests.resources.collect.conftest import chat, error

NAME = "tip-bench-cells"
OPTIONS = Options(models=("good", "bad"), prompts=("terse", "coach"), n_tips=1, n_scenarios=4)


def _cells(home: Home, run_id: str) -> tuple[CellProgressView, ...]:
    found = read_run(home, NAME, run_id)
    return found.cells if found else ()


def _collect(project: Any, run_id: str) -> tuple[CellProgressView, ...]:
    spec = launch(project.bench, NAME, OPTIONS, ["heuristics"], by_default=True)
    collect_experiment(project.bench, spec, run_id=run_id, accept=False)
    return _cells(project.bench.home, run_id)


def test_every_cell_is_counted_as_its_outcomes_come(project: Any) -> None:
    """Final outcomes by cell, in the order of the spec; an open one is not done, and a later run has what was there."""
    project.endpoint.answers["bad"] = lambda _: error(401)
    first = _collect(project, "r1")
    assert [(cell.done, cell.failed, cell.expected) for cell in first] == [(4, 0, 4)] * 2 + [(0, 0, 4)] * 2
    project.endpoint.answers["bad"] = lambda _: chat("")
    second = _collect(project, "r2")
    assert [(cell.done, cell.expected) for cell in second] == [(4, 4)] * 4
    runs = read_runs(project.bench.home, NAME)
    assert [(run.run_id, run.done, run.failed) for run in runs] == [("r1", 8, 0), ("r2", 16, runs[1].failed)]
    assert sum(cell.failed for cell in second) == runs[1].failed


def test_a_run_of_before_has_no_cells(project: Any) -> None:
    """Of a run that nobody recorded, too: they are empty, and no error."""
    _collect(project, "r1")
    home = project.bench.home
    key = home.key(NAME, "runs", "r1.json")
    data = home.storage.blobs.get(key)
    home.storage.blobs.put(key, data.partition(b',"cells"')[0] + b"}")
    assert _cells(home, "r1") == ()
    assert _cells(home, "none") == ()
    assert [run.run_id for run in read_runs(home, NAME)] == ["r1"]
