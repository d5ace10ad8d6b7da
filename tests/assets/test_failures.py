"""What Dagit shows of a step that failed."""

from collections.abc import Callable

import dagster as dg
import pytest

from assets.failures import in_one_sentence
from contracts.refusals import Unavailable
from core.benchmark.options import OptionError

SENTENCE = "n_tips is 0: use 1 to 20"


def _failed(raised: Callable[[], Exception], retries: int = 3) -> tuple[dg.DagsterEvent, dg.DagsterEvent]:
    """The failures of step and run that Dagster's log holds for an op that raises and may be tried again."""

    @dg.op(retry_policy=dg.RetryPolicy(max_retries=retries))
    def refused() -> None:
        with in_one_sentence():
            raise raised()

    @dg.job
    def job() -> None:
        refused()

    with dg.DagsterInstance.ephemeral() as instance:
        run = job.execute_in_process(instance=instance, raise_on_error=False)
        entries = [entry.dagster_event for entry in instance.all_logs(run.run_id) if entry.dagster_event]
    assert not [event for event in entries if event.is_step_up_for_retry]
    (step,) = [event for event in entries if event.is_step_failure]
    (whole,) = [event for event in entries if event.is_run_failure]
    return step, whole


@pytest.mark.parametrize("error", [OptionError(SENTENCE, ("n_tips",)), Unavailable(SENTENCE)])
def test_a_refusal_is_its_sentence_alone(error: Exception) -> None:
    """In the step's failure and the run's: no class, no traceback, no cause, and no retry."""
    step, run = _failed(lambda: error)
    for shown in (step.step_failure_data.error, run.job_failure_data.error):
        assert shown is not None
        assert (shown.message, shown.stack, shown.cause, shown.context) == (SENTENCE, [], None, None)
    described = step.step_failure_data.user_failure_data
    assert described is not None
    assert described.description == SENTENCE


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), ValueError("odd")])
def test_what_a_library_says_keeps_its_traceback(error: Exception) -> None:
    """The message describes the failure, which is not tried again; where it came from can be read."""
    step, _ = _failed(lambda: error)
    described, shown = step.step_failure_data.user_failure_data, step.step_failure_data.error
    assert described is not None
    assert described.description == str(error)
    assert shown is not None
    assert shown.stack


def test_a_defect_passes_through() -> None:
    """As Dagster shows every error."""
    step, _ = _failed(lambda: KeyError("defect"), retries=0)
    assert step.step_failure_data.error is not None
    assert step.step_failure_data.error.stack
