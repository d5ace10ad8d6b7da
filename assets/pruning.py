"""The nightly job that deletes what is past its time in a home."""

import time
from collections.abc import Callable, Mapping

import dagster as dg

from assets.failures import in_one_sentence

DAY_S = 86_400.0


def prune_job(prune: Callable[[], Mapping[str, int]]) -> dg.JobDefinition:
    """Return a job of one step, which calls `prune` and logs how many rows, runs and files of each kind it deleted."""

    @dg.op(name="prune_tables")
    def prune_tables(context: dg.OpExecutionContext) -> None:
        with in_one_sentence():
            deleted = prune()
        context.log.info("deleted %s rows: %s", sum(deleted.values()), deleted)

    @dg.job(name="prune", description="Delete rows, runs and files that are past their time.")
    def job() -> None:
        prune_tables()

    return job


def prune_schedule(job: dg.JobDefinition, clock: Callable[[], float] = time.time) -> dg.ScheduleDefinition:
    """Return a nightly schedule of `job`, 03:17 UTC; after a downtime only the last missed night is run.

    `clock` gives Unix seconds.
    """

    @dg.schedule(job=job, cron_schedule="17 3 * * *", default_status=dg.DefaultScheduleStatus.RUNNING)
    def nightly(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        """At 03:17 UTC."""
        if clock() - context.scheduled_execution_time.timestamp() > DAY_S:
            return dg.SkipReason("a later night follows")
        return dg.RunRequest()

    return nightly
