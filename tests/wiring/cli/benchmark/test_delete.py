"""`tipbench delete` on a home of its own."""

import os
import pty
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from core.benchmark.spec import Options
from resources.admin.deletion import NotDeletable, RunUnderWay, UnknownExperiment
from resources.collect.collecting_run import collect_experiment
from resources.collect.launch import launch
from resources.dagster.instance import ExperimentPartitions
from resources.dagster.recording_queue import RunStoreUnavailable
from resources.lake.lock import writing
from resources.lake.specs import pinned_spec, read_spec
from tests.resources.conftest import bench
from wiring.cli import tipbench
from wiring.exit_codes import PARTIAL, WRONG_INPUT, code_of

__all__ = ["bench"]
NAME = "tip-bench-small"
SAID = f"{NAME}: its pin (1 cell × 2 scenarios × 2 tips), 1 record and its partition in Dagster are removed\n"


@pytest.fixture
def pinned(bench: Any) -> Any:
    """A context with one experiment of which nothing was collected."""
    launch(bench, NAME, Options(prompts=("terse",), n_scenarios=2), by_default=True)
    return bench


def _run(bench: Any, *arguments: str) -> Result:
    home = {"TIPBENCH_HOME": str(bench.home.root)}
    return CliRunner().invoke(tipbench, ["delete", *arguments], env=home, standalone_mode=False)


def test_it_says_what_it_removes(pinned: Any) -> None:
    """With --yes nobody is asked; what an earlier, killed deletion left goes too."""
    (pinned.home.root / "lake" / ".deleted-tip-bench-old-0a1b2c3d" / "runs").mkdir(parents=True)
    result = _run(pinned, NAME, "--yes")
    assert (result.exception, result.return_value) == (None, 0)
    assert result.stdout == f"{SAID}{NAME} is deleted: the name can be used again\n"
    assert [*(pinned.home.root / "lake").iterdir()] == []


def test_where_nobody_can_be_asked_it_wants_to_be_told(pinned: Any) -> None:
    """Input that is no terminal, even one that says yes, deletes nothing."""
    home = {"TIPBENCH_HOME": str(pinned.home.root)}
    result = CliRunner().invoke(tipbench, ["delete", NAME], "y\n", env=home, standalone_mode=False)
    assert isinstance(result.exception, click.UsageError)
    assert "--yes" in str(result.exception)
    assert read_spec(pinned.home, NAME) is not None


@pytest.mark.slow
@pytest.mark.parametrize(("answer", "removed"), [(b"n\n", False), (b"y\n", True)])
def test_on_a_terminal_it_asks(pinned: Any, answer: bytes, removed: bool) -> None:
    """What it removes is said before the question."""
    command = [sys.executable, "-c", "from wiring.cli import main; main()", "delete", NAME]
    ours, theirs = pty.openpty()
    environ = {**os.environ, "TIPBENCH_HOME": str(pinned.home.root)}
    with subprocess.Popen(command, stdin=theirs, stderr=subprocess.PIPE, env=environ, text=True) as process:
        os.write(ours, answer)
        _, said = process.communicate()
    os.close(ours)
    os.close(theirs)
    assert process.returncode == 0
    assert said.startswith(f"{SAID}Delete {NAME} for good? [y/N]: ")
    assert ("nothing was deleted" in said) == (not removed)
    assert (read_spec(pinned.home, NAME) is None) == removed


def _collect(bench: Any) -> None:
    collect_experiment(bench, pinned_spec(bench.home, NAME), run_id="run-1", accept=False)


def _break_dagster(bench: Any) -> None:
    for database in ("runs.db", "runs/index.db"):
        path = bench.home.dagster / "history" / database
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("no database" * 1000)


@pytest.mark.parametrize(
    ("name", "done", "error", "code"),
    [
        ("tip-bench-none", lambda _: None, UnknownExperiment, WRONG_INPUT),
        (NAME, _collect, NotDeletable, WRONG_INPUT),
        (NAME, _break_dagster, RunStoreUnavailable, PARTIAL),
    ],
)
def test_refusals_have_an_exit_code(
    pinned: Any, name: str, done: Callable[[Any], None], error: type[Exception], code: int
) -> None:
    """And delete nothing; where Dagster's runs cannot be read, one may be under way."""
    done(pinned)
    result = _run(pinned, name, "--yes")
    assert isinstance(result.exception, error)
    assert code_of(result.exception) == code
    assert read_spec(pinned.home, NAME) is not None


def test_what_is_under_way_can_be_deleted_later(pinned: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 3 for a run of Dagster and for another process that writes."""
    with writing(pinned.home, NAME, purpose="collecting", now="then"):
        assert code_of(_run(pinned, NAME, "--yes").exception) == PARTIAL  # type: ignore[arg-type]  # never None then
    monkeypatch.setattr(ExperimentPartitions, "run_under_way", lambda *_: "run-1")
    result = _run(pinned, NAME, "--yes")
    assert isinstance(result.exception, RunUnderWay)
    assert str(result.exception) == f"run run-1 of {NAME} is queued or goes on: cancel it first, then delete"
    assert code_of(result.exception) == PARTIAL
