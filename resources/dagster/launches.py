"""Launches and watches runs of the benchmark: implements the contract with all that is in this folder."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, cast, get_args

import msgspec

from contracts.benchmark.experiments import RunView
from contracts.benchmark.launches import (
    Asset,
    BackfillView,
    Deleted,
    Launched,
    LaunchRequest,
    PlanView,
    ProgressEvent,
)
from contracts.paging import Page, PageRequest
from contracts.refusals import Conflict, InvalidInput, NotFound
from core.benchmark.names import EXPERIMENT, experiment_name
from core.benchmark.spec import Spec
from core.canonical import content_hash
from resources.admin.deletion import delete_experiment
from resources.bench_context import BenchContext
from resources.collect.launch import draft, launch, prepared
from resources.collect.planning import plan_of
from resources.dagster.backfills import backfill_of, new_backfill_id, page_of_backfills
from resources.dagster.events import events_after
from resources.dagster.host import DagsterHost
from resources.dagster.instance import PARTITIONS, ExperimentPartitions
from resources.dagster.launch_keys import Claim, LaunchKeys
from resources.dagster.refusals import options_from, refusing
from resources.dagster.run_submitter import BACKFILL, BY, KEY, Job, Submitter
from resources.dagster.runs import RunStore
from resources.judging.anchors import plan_judging
from resources.lake.specs import read_records, read_spec

CHAIN: tuple[Asset, ...] = get_args(Asset)
MOST_AT_ONCE = 100


class DagsterLaunches:
    """Implements contracts.benchmark.launches.Launches; `archived` returns whether an experiment takes no launches."""

    def __init__(
        self, bench: BenchContext, host: DagsterHost, keys: LaunchKeys, archived: Callable[[str], bool]
    ) -> None:
        self._bench, self._host, self._keys, self._archived = bench, host, keys, archived
        self._submitter = Submitter(host)
        self._runs = RunStore(host, bench.home, bench.now)
        self._one_at_a_time = threading.Lock()

    def plan(self, request: LaunchRequest) -> PlanView:
        """Return what launching would request; raise the refusals of `launch`."""
        with refusing():
            self._open_to_launch(request.experiment)
            self._extends(request)
            prepared(self._bench, request.experiment, request.options, request.judges, by_default=True)
            spec = draft(self._bench, request.experiment, request.options)
            return _plan_view(self._bench, spec, request.judges, retry=request.retry_failed)

    def launch(self, request: LaunchRequest) -> Launched:
        """Validate, pin, add the partition and queue a run of all assets, unless an equal one waits or runs.

        A key that launched before gives the same run again.
        """
        if request.key is None:
            return self._launch(request, None)
        with self._keys.claim(request.actor, "launch", request.key, _body_hash(request), request.experiment) as claim:
            found = claim.run_id or self._submitter.by_key(claim.tag)
            if found is None:
                launched = self._launch(request, claim)
                claim.launched(launched.run_id)
                return launched
            if claim.run_id is None:
                claim.launched(found)
            return Launched(request.experiment, found, repeated=True)

    def validate_run_config(self, experiment: str, config: dict[str, Any]) -> None:
        """Raise the refusals of `launch` for a run config of Dagit; nothing is written."""
        options, judges = _launch_options(config)
        with refusing():
            self._open_to_launch(experiment)
            prepared(self._bench, experiment, options_from(options), judges, by_default=False)

    def rematerialize(self, experiment: str, asset: Asset, actor: str) -> Launched:
        """Queue a run of `asset` and the assets after it; raise InvalidInput for another asset."""
        if asset not in CHAIN:
            raise InvalidInput(f"asset is {asset!r:.40}: use one of {', '.join(CHAIN)}", ("asset",))
        self._pinned([experiment])
        assets = CHAIN[CHAIN.index(asset) :]
        return self._queue("benchmark", experiment, {BY: actor}, assets=assets)

    def publish(self, experiment: str, actor: str) -> Launched:
        """Queue a run that imports waiting scores and publishes, unless one is queued."""
        self._pinned([experiment])
        return self._once("publish", experiment, {BY: actor})

    def export(self, experiment: str, actor: str) -> Launched:
        """Queue a run that writes the judges' folders, unless one is queued."""
        self._pinned([experiment])
        return self._once("export", experiment, {BY: actor})

    def backfill(self, experiments: list[str], actor: str) -> BackfillView:
        """Queue one run of all assets for each of 1 to 100 experiments, in the order given."""
        names = list(dict.fromkeys(experiments))
        if not 1 <= len(names) <= MOST_AT_ONCE:
            raise InvalidInput(f"name 1 to {MOST_AT_ONCE} experiments", ("experiments",))
        self._pinned(names, ("experiments",))
        backfill = new_backfill_id(self._bench.now())
        for name in names:
            self._queue("benchmark", name, {BY: actor, BACKFILL: backfill})
        return backfill_of(self._host, backfill)

    def backfills(self, request: PageRequest) -> Page[BackfillView]:
        """Return a page of our backfills and Dagster's own, newest first."""
        return page_of_backfills(self._host, request)

    def cancel(self, run_id: str) -> RunView:
        """Cancel a queued or running run; one that has ended stays as it is. Raise Conflict for a run of the CLI."""
        run = self._runs.record(run_id).dagster_run
        if not run.is_finished:
            self._submitter.end(run_id)
        return self._runs.run(run_id)

    def retry(self, run_id: str, actor: str) -> Launched:
        """Queue a run of the same job, assets and partition as one that ended; raise Conflict if it has not."""
        view, run = self._runs.run(run_id), self._runs.record(run_id).dagster_run
        if not run.is_finished:
            raise Conflict("the run has not ended: cancel it, or wait")
        self._pinned([view.experiment])
        selected = run.asset_selection
        assets = [asset for asset in CHAIN if any(key.path == [asset] for key in selected)] if selected else None
        config = {"ops": run.run_config["ops"]} if run.run_config.get("ops") else {}
        return self._queue(run.job_name, view.experiment, {BY: actor}, assets=assets, config=config, parent=run)

    def delete(self, experiment: str) -> Deleted:
        """Delete an experiment of which nothing was collected; raise NotFound or Conflict."""
        with refusing(), self._one_at_a_time:
            return delete_experiment(self._bench, experiment, ExperimentPartitions(self._host.instance))

    def run(self, run_id: str) -> RunView:
        """Return one run; raise NotFound for an unknown id."""
        return self._runs.run(run_id)

    def runs(self, experiment: str, request: PageRequest) -> Page[RunView]:
        """Return the partition's runs, newest first; raise NotFound for an unknown experiment."""
        if read_spec(self._bench.home, _valid(experiment)) is None:
            raise NotFound(f"there is no experiment {experiment}")
        return self._runs.page(experiment, request)

    def events(self, run_id: str, after: str | None) -> list[ProgressEvent]:
        """Return the run's events after the cursor, oldest first."""
        return events_after(self._host, self._runs, run_id, after)

    def _launch(self, request: LaunchRequest, claim: Claim | None) -> Launched:
        with refusing():
            self._open_to_launch(request.experiment)
            self._extends(request)
            self._host.check()
            bench = replace(self._bench, author=request.actor or self._bench.author)
            before = _on_record(bench, request.experiment)
            launch(bench, request.experiment, request.options, request.judges, by_default=True)
            same = _on_record(bench, request.experiment) == before
        tags = {BY: request.actor} | ({KEY: claim.tag} if claim else {})
        given = {"accept_failures": request.accept_failures} | ({"retry_failed": True} if request.retry_failed else {})
        config = {"ops": {"candidates": {"config": given}}}
        return self._once("benchmark", request.experiment, tags, config, under_way=same)

    def _extends(self, request: LaunchRequest) -> None:
        extends = request.options.extends
        if extends is None:
            return
        if not EXPERIMENT.fullmatch(extends) or read_spec(self._bench.home, extends) is None:
            raise InvalidInput(f"extends is {extends:.90}, which was never launched", ("extends",))

    def _queue(self, job: str, experiment: str, tags: dict[str, str], **more: Any) -> Launched:
        self._host.check()
        self._host.instance.add_dynamic_partitions(PARTITIONS, [experiment])
        return Launched(experiment, self._submitter.queue(job, experiment, tags, **more))

    def _once(
        self,
        job: Job,
        experiment: str,
        tags: dict[str, str],
        config: dict[str, Any] | None = None,
        *,
        under_way: bool = False,
    ) -> Launched:
        """Return the queued run that will do the same, else a new one: a run reads what to do when it starts.

        One that is `under_way` counts too, if nothing is new since it started.
        """
        with self._one_at_a_time:
            queued = self._submitter.equal(job, experiment, config, under_way=under_way)
            if queued is not None:
                return Launched(experiment, queued, repeated=True)
            if read_spec(self._bench.home, experiment) is None:
                raise Conflict(f"{experiment} was deleted meanwhile: launch it again", ("experiment",))
            return self._queue(job, experiment, tags, config=config)

    def _pinned(self, names: Sequence[str], path: tuple[str, ...] = ("experiment",)) -> None:
        """Raise NotFound for names without a pin and Conflict for archived ones, before the first is queued."""
        with refusing():
            for name in names:
                if not EXPERIMENT.fullmatch(name) or read_spec(self._bench.home, name) is None:
                    raise NotFound(f"there is no experiment {name!r:.90}", path)
                self._open_to_launch(name, path)
        self._host.check()

    def _open_to_launch(self, experiment: str, path: tuple[str, ...] = ("experiment",)) -> None:
        if self._archived(experiment_name(experiment)):
            raise Conflict(f"{experiment} is archived: start a new experiment, with extends to go on", path)


def _body_hash(request: LaunchRequest) -> str:
    """Return the hash of all but the key; a field that came later joins only where it is not its default."""
    body = msgspec.to_builtins(msgspec.structs.replace(request, key=None))
    if not request.retry_failed:
        del body["retry_failed"]
    return content_hash(body)


def _on_record(bench: BenchContext, experiment: str) -> tuple[bool, int]:
    """Return whether the experiment is pinned, and how many records it has: both only grow."""
    return read_spec(bench.home, experiment) is not None, len(read_records(bench.home, experiment))


def _valid(name: str) -> str:
    with refusing():
        return experiment_name(name)


def _launch_options(config: dict[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return options and judges of a run config; raise InvalidInput for another shape, of its switches too."""
    given = config
    for name in ("ops", "candidates", "config"):
        given = given.get(name) or {}
        if not isinstance(given, dict):
            raise InvalidInput(f"the run config has no mapping under {name}", ("runConfig", name))
    options = {str(name): value for name, value in given.items() if value is not None}
    judges = options.pop("judges", [])
    if not isinstance(judges, list) or not all(isinstance(judge, str) for judge in judges):
        raise InvalidInput("judges is a list of ID or ID=KIND", ("judges",))
    for switch in ("accept_failures", "retry_failed"):
        if not isinstance(options.pop(switch, False), bool):
            raise InvalidInput(f"{switch} is true or false", (switch,))
    return options, tuple(cast("list[str]", judges))


def _plan_view(bench: BenchContext, spec: Spec, judges: Sequence[str], *, retry: bool) -> PlanView:
    plan = plan_of(bench.home, spec, retry=retry)
    return PlanView(
        experiment=spec.experiment,
        generations=plan.generations,
        to_ask=plan.to_ask,
        journaled=plan.journaled,
        taken_over=plan.taken_over,
        tokens_in=plan.tokens_in,
        tokens_out=plan.tokens_out,
        cost=None if any(cell.cost is None for cell in plan.cells) else sum(cell.cost or 0.0 for cell in plan.cells),
        cells=plan.cells,
        skipped=[skipped.model for skipped in spec.skipped],
        judges=plan_judging(bench.home, spec, plan.generations, judges),
    )
