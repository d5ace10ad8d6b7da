"""Ends runs whose worker is gone: a server that was killed leaves them as if they went on, and they hold the queue."""

import dagster as dg

GOING = [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
GONE = "the server that ran it stopped; what was collected is kept: retry the run to go on"


def sweep(instance: dg.DagsterInstance, *, starting: bool) -> list[str]:
    """Mark runs that a code server's worker had as failed or canceled; their ids.

    Call it when no such worker can live. `starting` takes those too that the queue had just let go, which is right
    only before the daemon starts. Runs of the command line have a process of their own and are left alone.
    """
    statuses = [*GOING, dg.DagsterRunStatus.STARTING] if starting else GOING
    ended = []
    for record in instance.get_run_records(dg.RunsFilter(statuses=statuses)):
        run = record.dagster_run
        if run.remote_job_origin is None:
            continue
        if run.status == dg.DagsterRunStatus.CANCELING:
            instance.report_run_canceled(run, GONE)
        else:
            instance.report_run_failed(run, GONE)
        ended.append(run.run_id)
    return ended
