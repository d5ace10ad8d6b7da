"""Ends runs whose worker died: a killed server leaves them as if they went on, and they block the queue."""

import dagster as dg

ACTIVE = [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
STOPPED = "the server that ran it stopped; what was collected is kept: retry the run to go on"


def sweep(instance: dg.DagsterInstance, *, starting: bool) -> list[str]:
    """Mark runs of dead workers of a code server as failed or canceled; return their ids.

    Call it when no such worker can live. `starting` includes runs that the queue had just released, which is right only
    before the daemon starts. Runs of the command line have a process of their own and are left alone.
    """
    statuses = [*ACTIVE, dg.DagsterRunStatus.STARTING] if starting else ACTIVE
    ended = []
    for record in instance.get_run_records(dg.RunsFilter(statuses=statuses)):
        run = record.dagster_run
        if run.remote_job_origin is None:
            continue
        if run.status == dg.DagsterRunStatus.CANCELING:
            instance.report_run_canceled(run, STOPPED)
        else:
            instance.report_run_failed(run, STOPPED)
        ended.append(run.run_id)
    return ended
