"""Queues and ends runs through Dagster's own GraphQL, and finds queued ones again by their tags."""

import time
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import dagster as dg

from contracts.refusals import Conflict, Unavailable
from resources.dagster.host import AWAY, REPOSITORY, DagsterHost
from resources.dagster.instance import LOCATION, PARTITION

Job = Literal["benchmark", "publish", "export"]
BY, KEY, BACKFILL = "tipbench/launched-by", "tipbench/launch-key", "tipbench/backfill"
WORKER = ".dagster/grpc_info"
"""The tag of runs that a code server's worker executes; those of the command line have none."""

QUEUED = [dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.NOT_STARTED]
UNDER_WAY = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED]
HANDED_OVER = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.CANCELING]
ENDED = "TerminateRunSuccess"
LOOKS, BETWEEN_LOOKS_S = 100, 0.1
SETTLING_LOOKS = 10
MOST_CANCELED = 1000
"""How many canceled runs a process remembers, so that it takes none of them for one that goes on."""
LAUNCH = """mutation Launch($params: ExecutionParams!) {
  launchRun(executionParams: $params) { __typename ... on LaunchRunSuccess { run { runId } } }
}"""
TERMINATE = """mutation Terminate($run: String!) {
  terminateRun(runId: $run) { __typename }
}"""


class Submitter:
    """Queues and ends runs of the asset graph's jobs; raises Unavailable while the code server does not answer."""

    def __init__(self, host: DagsterHost) -> None:
        self._host = host
        self._canceled: deque[str] = deque(maxlen=MOST_CANCELED)

    def queue(
        self,
        job: str,
        experiment: str,
        tags: Mapping[str, str],
        *,
        config: Mapping[str, Any] | None = None,
        assets: Sequence[str] | None = None,
        parent: dg.DagsterRun | None = None,
    ) -> str:
        """Queue a run of the experiment's partition, of only `assets` and their checks if given, and return its id."""
        selector: dict[str, Any] = {
            "repositoryLocationName": LOCATION,
            "repositoryName": REPOSITORY,
            "jobName": job,
        }
        if assets is not None:
            selector["assetSelection"] = [{"path": [asset]} for asset in assets]
        all_tags = {PARTITION: experiment, **tags}
        metadata: dict[str, Any] = {"tags": [{"key": key, "value": value} for key, value in all_tags.items()]}
        if parent is not None:
            metadata |= {"parentRunId": parent.run_id, "rootRunId": parent.root_run_id or parent.run_id}
        params = {"selector": selector, "runConfigData": dict(config or {}), "executionMetadata": metadata}
        answer = self._host.execute(LAUNCH, {"params": params})["launchRun"]
        if answer["__typename"] != "LaunchRunSuccess":
            raise Unavailable(AWAY)
        run_id: str = answer["run"]["runId"]
        return run_id

    def end(self, run_id: str) -> None:
        """Request the run's end, unless it has ended; wait while a worker that cannot be reached yet takes it over.

        Dagster's daemon may start a queued run at the moment at which it is canceled, and then overwrites that: so a
        run that was queued is looked at for another second, and no launch takes it for an equal one from now on. Raise
        Conflict for one that the command line runs in a process of its own, Unavailable if it could not be told.
        """
        for _ in range(LOOKS):
            run = self._host.instance.get_run_by_id(run_id)
            if run is None or run.is_finished:
                return
            if self._terminate(run) and (run.status not in QUEUED or self._stays_ended(run_id)):
                return
            time.sleep(BETWEEN_LOOKS_S)
        raise Unavailable("the run is being started and could not be canceled: cancel it again in a moment")

    def _terminate(self, run: dg.DagsterRun) -> bool:
        """Return whether Dagster took the request to end the run; a worker that is being started cannot be told."""
        if run.status not in QUEUED and WORKER not in run.tags:
            if run.status in HANDED_OVER:
                return False
            raise Conflict("the run was started from the command line: interrupt it there")
        if run.status not in QUEUED:
            self._host.check()
        self._canceled.append(run.run_id)  # no tag: the daemon's own, written at the same moment, would be lost
        answer = self._host.execute(TERMINATE, {"run": run.run_id})["terminateRun"]
        return bool(answer["__typename"] == ENDED)

    def _stays_ended(self, run_id: str) -> bool:
        """Return whether the run is ended in each of the looks of the next second."""
        for _ in range(SETTLING_LOOKS):
            time.sleep(BETWEEN_LOOKS_S)
            run = self._host.instance.get_run_by_id(run_id)
            if run is not None and not run.is_finished:
                return False
        return True

    def equal(
        self, job: str, experiment: str, config: Mapping[str, Any] | None = None, *, under_way: bool = False
    ) -> str | None:
        """Return the id of a queued run of the whole job with this config for the experiment, or None.

        `under_way` includes one that a worker of the code server executes; one of the command line never counts, since
        this process would not see it die.
        """
        statuses = [*QUEUED, *UNDER_WAY] if under_way else QUEUED
        filters = dg.RunsFilter(job_name=job, statuses=statuses, tags={PARTITION: experiment})
        wanted = (config or {}).get("ops", {})
        for record in self._host.instance.get_run_records(filters):
            run = record.dagster_run
            if run.run_id in self._canceled or (run.status in UNDER_WAY and WORKER not in run.tags):
                continue
            if not run.asset_selection and run.run_config.get("ops", {}) == wanted:
                return run.run_id
        return None

    def by_key(self, tag: str) -> str | None:
        """Return the id of the run that was launched with this key, or None."""
        found = self._host.instance.get_run_records(dg.RunsFilter(tags={KEY: tag}), limit=1, ascending=True)
        return found[0].dagster_run.run_id if found else None
