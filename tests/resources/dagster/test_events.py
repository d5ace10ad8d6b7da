"""Runs by a real daemon and worker: their events, their end, and what a dead code server leaves."""

import json
import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from contracts.benchmark.experiments import CellProgressView
from contracts.benchmark.launches import ProgressEvent
from contracts.refusals import InvalidInput, NotFound
from resources.dagster.orphaned_runs import sweep
from tests.resources.dagster.conftest import DagsterSetup, wait_for

pytestmark = pytest.mark.slow
SLOW: dict[str, Any] = {"models": ("slow",), "n_scenarios": 60, "n_tips": 50}
"""Five minutes of answers: a run of these is under way until a test ends it."""


@pytest.fixture(scope="module", autouse=True)
def daemon(setup: DagsterSetup) -> Iterator[None]:
    """The queue is worked off."""
    setup.engine.daemon.start()
    yield
    setup.engine.daemon.ask_to_end()


def _follow(setup: DagsterSetup, run_id: str, after: str | None = None) -> list[ProgressEvent]:
    """Every event up to the end, asked for piece by piece."""
    found: list[ProgressEvent] = []

    def over() -> bool:
        found.extend(setup.launches.events(run_id, found[-1].cursor if found else after))
        return bool(found) and found[-1].kind == "ended"

    wait_for(over, "the run ends")
    return found


def _logged(events: list[ProgressEvent]) -> list[tuple[str, str, str]]:
    return [(event.at, event.kind, event.message) for event in events if event.kind != "progress"]


def _wait_until_collecting(setup: DagsterSetup, run_id: str) -> None:
    wait_for(lambda: (setup.launches.run(run_id).done or 0) > 0, "collecting has begun")


def _wait_until_dequeued(setup: DagsterSetup, run_id: str) -> None:
    wait_for(lambda: setup.launches.run(run_id).status != "queued", "it is dequeued")


def test_a_run_is_followed_to_its_end_and_from_any_cursor(setup: DagsterSetup) -> None:
    """Queued, started, steps, checks, ended and progress; from a cursor on come Dagster's events after it, none twice.

    Progress is told as it stands when somebody looks, so its place among them may differ.
    """
    launched = setup.launches.launch(setup.request("followed"))
    found = _follow(setup, launched.run_id)
    kinds = [event.kind for event in found]
    assert (kinds[0], kinds[-1], found[-1].status) == ("queued", "ended", "success")
    assert {"started", "step", "progress", "check"} <= set(kinds)
    assert kinds.index("progress") < kinds.index("ended")
    last = next(event for event in reversed(found) if event.kind == "progress")
    assert last.cells == (CellProgressView(2, 0, 2),)
    for place in (0, len(found) // 2, len(found) - 1):
        after = _follow(setup, launched.run_id, found[place].cursor) if place < len(found) - 1 else []
        assert _logged(after) == _logged(found[place + 1 :])
    assert setup.launches.events(launched.run_id, found[-1].cursor) == []
    view = setup.launches.run(launched.run_id)
    assert (view.status, view.outcome, view.done, view.expected) == ("success", "done", 2, 2)


def test_cursors_of_other_things_are_refused(setup: DagsterSetup) -> None:
    """Another run's cursor, rubbish and a run that is none are coded refusals."""
    one, two = (setup.launches.launch(setup.request(name)).run_id for name in ("c1", "c2"))
    cursor = _follow(setup, one)[0].cursor
    for wrong in (cursor, "", "x", "9" * 400, f"{two[:8]}.-1.0.0", f"{two[:8]}.{'9' * 30}.0.0"):
        with pytest.raises(InvalidInput):
            setup.launches.events(two, wrong)
    with pytest.raises(NotFound):
        setup.launches.events("no-such-run", None)
    _follow(setup, two)


def test_a_defect_or_failure_tells_no_traceback(setup: DagsterSetup) -> None:
    """A run that fails says why in a sentence, without frames, paths or classes."""
    launched = setup.launches.launch(setup.request("broken"))
    spec = setup.bench.home.experiment("tip-bench-broken") / "spec.json"
    whole = spec.read_bytes()
    spec.write_bytes(b"{")
    found = _follow(setup, launched.run_id)
    spec.write_bytes(whole)
    assert found[-1].status == "failure"
    said = " ".join(event.message for event in found)
    assert "failed" in said
    assert not re.search(r"Traceback|File \"|\.py", said)


def test_a_check_that_stops_a_run_says_why(setup: DagsterSetup) -> None:
    """Its own words with what was answered to a generation; it is no defect, and steps behind it say nothing."""
    launched = setup.launches.launch(setup.request("nowhere", models=("nowhere",)))
    said = [event.message for event in _follow(setup, launched.run_id)]
    (reason,) = [each for each in said if each.startswith("complete does not hold")]
    assert reason.startswith("complete does not hold: 2 of 2 generations have no final outcome (2 failed for now)")
    assert "; one of them: " in reason
    assert "candidates_complete failed: what needs it is not begun" in said
    assert not [each for each in said if "defect" in each or "Dependencies" in each]


def test_an_equal_launch_of_a_run_under_way_is_that_run(setup: DagsterSetup) -> None:
    """With nothing new there is nothing to do twice; a judge that joins queues a run that exports for it."""
    request = setup.request("repeated", **SLOW)
    first = setup.launches.launch(request)
    _wait_until_collecting(setup, first.run_id)
    again = setup.launches.launch(request)
    assert (again.run_id, again.repeated) == (first.run_id, True)
    joined = setup.launches.launch(replace(request, judges=("agent", "bert")))
    assert (joined.run_id != first.run_id, joined.repeated) == (True, False)
    for run in (joined.run_id, first.run_id):
        setup.launches.cancel(run)
    _follow(setup, first.run_id)
    assert not setup.launches.launch(request).repeated


def test_a_running_run_is_cancelled(setup: DagsterSetup) -> None:
    """It ends as canceled, what was collected is kept, and a retry goes on from there."""
    launched = setup.launches.launch(setup.request("stopped", **SLOW))
    _wait_until_collecting(setup, launched.run_id)
    setup.launches.cancel(launched.run_id)
    found = _follow(setup, launched.run_id)
    assert found[-1].status == "canceled"
    wait_for(lambda: setup.launches.run(launched.run_id).status == "canceled", "the run is canceled")
    assert setup.launches.plan(setup.request("stopped", **SLOW)).journaled > 0


def test_a_run_is_cancelled_while_its_worker_is_being_started(setup: DagsterSetup) -> None:
    """Whenever between queue and worker it is asked for, the run ends before its work is done."""
    for _ in range(3):
        launched = setup.launches.launch(setup.request("starting", **SLOW))
        _wait_until_dequeued(setup, launched.run_id)
        setup.launches.cancel(launched.run_id)
        assert _follow(setup, launched.run_id)[-1].status in {"canceled", "failure"}


def test_a_killed_code_server_takes_its_runs_along_and_loses_no_queued_one(setup: DagsterSetup) -> None:
    """The worker ends with it and its run has failed; the queue goes on when the server is back."""
    launched = setup.launches.launch(setup.request("killed", **SLOW))
    _wait_until_collecting(setup, launched.run_id)
    worker = _worker(setup, "killed")
    pid = setup.engine.code.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not _lives(worker), "the worker is gone")
    sweep(setup.host.instance, starting=False)
    assert setup.launches.run(launched.run_id).status == "failure"
    setup.engine.code.end(0.0)
    setup.engine.code.start()
    wait_for(setup.answers, "the code server is back")
    again = setup.launches.launch(setup.request("after"))
    assert _follow(setup, again.run_id)[-1].status == "success"


def test_runs_whose_worker_was_killed_are_swept_up(setup: DagsterSetup) -> None:
    """Killed without a word, server and worker leave a run that seems to go on; sweeping ends it, once."""
    launched = setup.launches.launch(setup.request("swept", **SLOW))
    _wait_until_collecting(setup, launched.run_id)
    setup.engine.code.end(0.0)
    wait_for(lambda: not _lives(_worker(setup, "swept")), "the worker is gone")
    assert setup.launches.run(launched.run_id).status == "running"
    assert sweep(setup.host.instance, starting=False) == [launched.run_id]
    assert sweep(setup.host.instance, starting=True) == []
    view = setup.launches.run(launched.run_id)
    assert (view.status, view.outcome) == ("failure", "interrupted")
    setup.engine.code.start()
    wait_for(setup.answers, "the code server is back")


def _worker(setup: DagsterSetup, name: str) -> int:
    """The process that held the experiment's writer lock last."""
    pid: int = json.loads((setup.bench.home.experiment(f"tip-bench-{name}") / "lock").read_bytes())["pid"]
    return pid


def _lives(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().split(")")[-1].split()[0]
    except (FileNotFoundError, ProcessLookupError):  # the latter where it ends while it is read
        return False
