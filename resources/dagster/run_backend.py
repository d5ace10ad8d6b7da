"""Dagster as the run backend: a partition for every experiment, a run for every request."""

from collections.abc import Callable
from typing import Any

from contracts.benchmark.experiments import RunView
from contracts.benchmark.launches import BackfillView, ProgressEvent
from contracts.benchmark.run_backend import RunRequest
from contracts.paging import Page, PageRequest
from resources.dagster.backfills import backfill_of, page_of_backfills
from resources.dagster.events import events_after
from resources.dagster.host import DagsterHost
from resources.dagster.instance import PARTITION, PARTITIONS, ExperimentPartitions
from resources.dagster.run_submitter import BACKFILL, BY, KEY, Submitter
from resources.dagster.runs import RunStore
from resources.home import Home


class DagsterRunBackend:
    """Implements contracts.benchmark.run_backend.RunBackend with all that is in this folder."""

    def __init__(self, host: DagsterHost, home: Home, now: Callable[[], str]) -> None:
        self._host = host
        self._submitter = Submitter(host)
        self._runs = RunStore(host, home, now)

    def check(self) -> None:
        """Raise Unavailable unless the code server answers with its definitions."""
        self._host.check()

    def submit(self, request: RunRequest) -> str:
        """Add the partition unless it is there, queue a run and return its id; raise Unavailable."""
        tags = {BY: request.actor}
        tags |= {KEY: request.key} if request.key else {}
        tags |= {BACKFILL: request.backfill} if request.backfill else {}
        return self._queue(request.job, request.experiment, tags, assets=request.assets, config=_config(request))

    def submit_again(self, run_id: str, actor: str) -> str:
        """Queue a run of the same job, steps, settings and partition as another, and return its id."""
        run = self._runs.record(run_id).dagster_run
        selected = run.asset_selection
        assets = sorted(key.path[-1] for key in selected) if selected else None
        config = {"ops": run.run_config["ops"]} if run.run_config.get("ops") else {}
        experiment = run.tags[PARTITION]
        return self._queue(run.job_name, experiment, {BY: actor}, assets=assets, config=config, parent=run)

    def equal(self, request: RunRequest, *, under_way: bool) -> str | None:
        """Return the id of a queued run of the whole job that will do the same, or None.

        `under_way` includes one that a worker of the code server executes.
        """
        return self._submitter.equal(request.job, request.experiment, _config(request), under_way=under_way)

    def by_key(self, key: str) -> str | None:
        """Return the first run whose tag is this key, or None."""
        return self._submitter.by_key(key)

    def cancel(self, run_id: str) -> None:
        """Cancel a queued or running run; one that has ended stays as it is. Raise Conflict for a run of the CLI."""
        if not self._runs.record(run_id).dagster_run.is_finished:
            self._submitter.end(run_id)

    def run(self, run_id: str) -> RunView:
        """Return one run; raise NotFound for an unknown id."""
        return self._runs.run(run_id)

    def runs(self, experiment: str, request: PageRequest) -> Page[RunView]:
        """Return the partition's runs, newest first."""
        return self._runs.page(experiment, request)

    def events(self, run_id: str, after: str | None) -> list[ProgressEvent]:
        """Return the run's events after the cursor, oldest first."""
        return events_after(self._host, self._runs, run_id, after)

    def backfill(self, backfill: str) -> BackfillView:
        """Return one of our backfills, with the state of the latest run of each experiment."""
        return backfill_of(self._host, backfill)

    def backfills(self, request: PageRequest) -> Page[BackfillView]:
        """Return a page of our backfills and Dagster's own, newest first."""
        return page_of_backfills(self._host, request)

    def run_under_way(self, experiment: str) -> str | None:
        """Return the id of a run of the partition that is queued or goes on, None without one."""
        return ExperimentPartitions(self._host.instance).run_under_way(experiment)

    def remove(self, experiment: str) -> str | None:
        """Remove the partition; return a sentence if Dagster's database cannot be written, so that it remains."""
        return ExperimentPartitions(self._host.instance).remove(experiment)

    def _queue(self, job: str, experiment: str, tags: dict[str, str], **more: Any) -> str:
        self._host.check()
        self._host.instance.add_dynamic_partitions(PARTITIONS, [experiment])
        return self._submitter.queue(job, experiment, tags, **more)


def _config(request: RunRequest) -> dict[str, Any] | None:
    """Return the run config that sets the switches of the collecting step, None without any."""
    return {"ops": {"candidates": {"config": dict(request.collecting)}}} if request.collecting else None
