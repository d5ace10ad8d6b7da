"""Runs as Dagster stores them, joined with the records of collecting."""

from collections.abc import Callable
from datetime import UTC

import dagster as dg

from contracts.benchmark.experiments import RunRecord, RunView
from contracts.paging import InvalidCursor, Page, PageRequest
from contracts.refusals import InvalidInput, NotFound
from core.benchmark.names import EXPERIMENT
from kit.paging import key_after, page_of
from kit.times import iso, iso_if_known
from resources.dagster.host import DagsterHost
from resources.dagster.instance import PARTITION
from resources.dagster.run_submitter import BACKFILL, BY
from resources.home import Home
from resources.lake.runs import StoredRun, read_run, read_runs

STATUS: dict[dg.DagsterRunStatus, str] = {
    dg.DagsterRunStatus.QUEUED: "queued",
    dg.DagsterRunStatus.NOT_STARTED: "queued",
    dg.DagsterRunStatus.MANAGED: "queued",
    dg.DagsterRunStatus.STARTING: "starting",
    dg.DagsterRunStatus.STARTED: "running",
    dg.DagsterRunStatus.SUCCESS: "success",
    dg.DagsterRunStatus.FAILURE: "failure",
    dg.DagsterRunStatus.CANCELING: "canceling",
    dg.DagsterRunStatus.CANCELED: "canceled",
}

MOST_KNOWN = 1_000


class RunStore:
    """Reads runs from the instance; needs no code server."""

    def __init__(self, host: DagsterHost, home: Home, now: Callable[[], str]) -> None:
        self._host, self._home, self.now = host, home, now
        self._experiments: dict[str, str] = {}

    def record(self, run_id: str) -> dg.RunRecord:
        """Return Dagster's record of a run of ours; raise NotFound."""
        record = self._host.instance.get_run_record_by_id(run_id) if len(run_id) <= 64 else None
        if record is None or not EXPERIMENT.fullmatch(record.dagster_run.tags.get(PARTITION, "")):
            raise NotFound("there is no such run")
        return record

    def experiment_of(self, run_id: str) -> str:
        """Return the experiment of a run, which never changes; raise NotFound for one that was not seen before."""
        found = self._experiments.get(run_id)
        if found is None:
            if len(self._experiments) >= MOST_KNOWN:
                self._experiments.clear()
            found = self._experiments[run_id] = str(self.record(run_id).dagster_run.tags[PARTITION])
        return found

    def run(self, run_id: str) -> RunView:
        """Return one run; raise NotFound for an unknown id."""
        record = self.record(run_id)
        return _view(record, self.collected(record.dagster_run.tags[PARTITION]).get(run_id))

    def page(self, experiment: str, request: PageRequest) -> Page[RunView]:
        """Return the partition's runs, newest first; the key is the run's id.

        Raise InvalidInput for an unknown status, InvalidCursor for a cursor of no run here.
        """
        wanted = request.where.get("status")
        statuses = [status for status, word in STATUS.items() if word == wanted]
        if wanted is not None and not statuses:
            raise InvalidInput(f"status is {wanted!r:.40}: use one of {', '.join(sorted(set(STATUS.values())))}")
        filters = dg.RunsFilter(tags={PARTITION: experiment}, statuses=statuses)
        after = None
        if (key := key_after(request, str)) is not None:
            after = str(key[0])
            if not self._host.instance.has_run(after):
                raise InvalidCursor
        records = self._host.instance.get_run_records(filters, limit=request.first + 1, cursor=after)
        collected = self.collected(experiment)
        return page_of(
            records,
            request.first,
            key=lambda record: (record.dagster_run.run_id,),
            view=lambda record: _view(record, collected.get(record.dagster_run.run_id)),
        )

    def collected_by(self, run_id: str) -> StoredRun | None:
        """Return the last record of one collecting run, None before it wrote any; raise NotFound."""
        return read_run(self._home, self.experiment_of(run_id), run_id)

    def collected(self, experiment: str) -> dict[str, RunRecord]:
        """Return the last record of every collecting run of the experiment, by run id."""
        return {record.run_id: record for record in read_runs(self._home, experiment)}


def _view(record: dg.RunRecord, collected: RunRecord | None) -> RunView:
    run = record.dagster_run
    created = record.create_timestamp
    created = created if created.tzinfo else created.replace(tzinfo=UTC)
    return RunView(
        id=run.run_id,
        experiment=run.tags[PARTITION],
        job=run.job_name,
        status=STATUS.get(run.status, "queued"),
        outcome=None if collected is None or collected.status == "running" else collected.status,
        created_at=iso(created),
        started_at=iso_if_known(record.start_time),
        ended_at=iso_if_known(record.end_time),
        done=collected.done if collected else None,
        expected=collected.expected if collected else None,
        failed=collected.failed if collected else None,
        cost=collected.cost if collected else None,
        judged=collected.judged if collected else None,
        to_judge=collected.to_judge if collected else None,
        judge_cost=collected.judge_cost if collected else None,
        launched_by=run.tags.get(BY),
        backfill=run.tags.get(BACKFILL) or run.tags.get("dagster/backfill"),
    )
