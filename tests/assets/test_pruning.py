"""The nightly job: what it runs, and which nights it makes up for."""

from datetime import UTC, datetime, timedelta

import dagster as dg

from assets.pruning import prune_job, prune_schedule
from contracts.refusals import Unavailable

NIGHT = datetime(2027, 1, 15, 3, 17, tzinfo=UTC)


def test_the_job_prunes_once() -> None:
    """One step that calls what it was given."""
    calls: list[int] = []

    def prune() -> dict[str, int]:
        calls.append(1)
        return {"audit_entries": 3}

    with dg.DagsterInstance.ephemeral() as instance:
        assert prune_job(prune).execute_in_process(instance=instance).success
    assert calls == [1]


def test_a_database_that_is_away_fails_in_one_sentence() -> None:
    """And is not tried again before the next night."""

    def prune() -> dict[str, int]:
        raise Unavailable("the database cannot be opened: planted")

    with dg.DagsterInstance.ephemeral() as instance:
        done = prune_job(prune).execute_in_process(instance=instance, raise_on_error=False)
        failures = [event.step_failure_data for event in done.all_events if event.is_step_failure]
    assert not done.success
    said = [failure.user_failure_data.description for failure in failures if failure.user_failure_data]
    assert said == ["the database cannot be opened: planted"]


def test_a_missed_night_is_made_up_for_once() -> None:
    """After a week away the last night runs, the ones before it are skipped."""
    job = prune_job(dict)
    started = NIGHT + timedelta(hours=5)
    schedule = prune_schedule(job, started.timestamp)
    said = []
    with dg.DagsterInstance.ephemeral() as instance:
        for days in (6, 1, 0):
            context = dg.build_schedule_context(instance, scheduled_execution_time=NIGHT - timedelta(days=days))
            said.append(type(schedule(context)))
    assert said == [dg.SkipReason, dg.SkipReason, dg.RunRequest]
