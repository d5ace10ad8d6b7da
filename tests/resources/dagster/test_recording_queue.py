"""Results wait for Dagster in files: only new ones, oldest first, and late ones are told."""

from pathlib import Path

import pytest

from resources.dagster.recording_queue import LATE_S, RecordingQueue, RunStoreUnavailable
from resources.home import Home
from resources.steps.result import StepResult

NAME, OTHER = "tip-bench-queued", "tip-bench-queued-too"
STEP = StepResult("judge_scores", {"judges": "anna"}, {"accepted_files": 1})


def test_what_an_asset_held_before_is_not_queued_again(tmp_path: Path) -> None:
    """Whatever the step did for it; another state is, and so is the same one of another experiment."""
    queue = RecordingQueue(Home(tmp_path))
    assert queue.add(NAME, [STEP])
    assert not queue.add(NAME, [StepResult("judge_scores", {"judges": "anna"}, {"accepted_files": 0})])
    assert not queue.add(NAME, [])
    assert queue.add(NAME, [StepResult("judge_scores", {"judges": "anna, ben"})])
    assert queue.add(OTHER, [STEP])
    waiting = [queue.begin(key)[0] for key in queue.waiting()]
    assert [(each.experiment, each.steps[0].metadata["judges"]) for each in waiting] == [
        (NAME, "anna"), (NAME, "anna, ben"), (OTHER, "anna"),
    ]  # fmt: skip


def test_a_queue_that_cannot_be_written_is_said_and_the_result_stays_new(tmp_path: Path) -> None:
    """With its folder and what to do; run again, it is queued."""
    home = Home(tmp_path)
    home.dagster.write_text("no folder")
    queue = RecordingQueue(home)
    with pytest.raises(RunStoreUnavailable, match=r"dagster/waiting cannot be written.*run again"):
        queue.add(NAME, [STEP])
    assert (queue.waiting(), queue.late()) == ([], None)
    home.dagster.unlink()
    assert queue.add(NAME, [STEP])


def test_a_result_is_late_when_its_recorder_must_have_ended(tmp_path: Path) -> None:
    """Not before: the process may still be at it."""
    now = 1e9
    queue = RecordingQueue(Home(tmp_path), lambda: now)
    queue.add(NAME, [STEP])
    queue.add(OTHER, [STEP])
    assert queue.late() is None
    now += LATE_S
    late = queue.late()
    assert late is not None
    assert late.startswith("2 earlier results are not in Dagster yet (the process that records them ended)")


def test_a_lock_that_is_held_is_waited_for_as_long_as_asked(tmp_path: Path) -> None:
    """And a home without a queue has none."""
    queue = RecordingQueue(Home(tmp_path))
    with queue.alone() as alone:
        assert alone
    assert list(tmp_path.iterdir()) == []
    queue.add(NAME, [STEP])
    with queue.alone() as alone, queue.alone(0.1) as second:
        assert (alone, second) == (True, False)
    with queue.alone() as again:
        assert again


def test_one_that_is_begun_goes_on_by_one_key_wherever_its_process_died(tmp_path: Path) -> None:
    """Also between the two names that it has for a moment; once it is ended neither is left."""
    home = Home(tmp_path)
    queue = RecordingQueue(home)
    queue.add(NAME, [STEP])
    (key,) = queue.waiting()
    data = home.storage.blobs.get(key)
    recording, again = queue.begin(key)
    assert not again
    assert data is not None
    home.storage.blobs.put(key, data)  # the process died before it was deleted
    (begun,) = queue.waiting()
    assert queue.begin(begun) == (recording, True)
    queue.end(recording)
    assert queue.waiting() == []
