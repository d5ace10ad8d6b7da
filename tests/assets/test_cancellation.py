import threading
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from assets.cancellation import interrupted_when_canceled
from tests.deadline import DEADLINE_S

pytestmark = pytest.mark.slow


@dg.job
def nothing() -> None:
    """A job whose runs are only recorded."""


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    """An instance in a folder of its own."""
    with dg.DagsterInstance.local_temp(str(tmp_path)) as found:
        yield found


def test_a_canceled_run_is_interrupted_though_its_status_says_started(instance: dg.DagsterInstance) -> None:
    """The worker wrote "started" over "canceling" and lost the only interrupt; the step ends all the same."""
    run = instance.create_run_for_job(nothing)
    instance.report_run_canceling(run)
    instance.handle_run_event(run.run_id, dg.DagsterEvent(dg.DagsterEventType.RUN_START.value, nothing.name))
    found = instance.get_run_by_id(run.run_id)
    assert found is not None
    assert found.status == dg.DagsterRunStatus.STARTED
    with pytest.raises(KeyboardInterrupt), interrupted_when_canceled(instance, run.run_id):
        threading.Event().wait(DEADLINE_S)


def test_a_run_that_goes_on_is_left_alone(instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its log is read again and again, and nothing is interrupted."""
    run, requested = instance.create_run_for_job(nothing), threading.Semaphore(0)
    records_of = instance.get_records_for_run

    def counted(*args: object, **options: object) -> object:
        try:
            return records_of(*args, **options)  # type: ignore[arg-type]  # handed on as they are
        finally:
            requested.release()

    monkeypatch.setattr(instance, "get_records_for_run", counted)
    with interrupted_when_canceled(instance, run.run_id, every_s=0.01):
        assert all(requested.acquire(timeout=DEADLINE_S) for _ in range(3))
