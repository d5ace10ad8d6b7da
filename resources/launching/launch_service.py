"""Launches experiments and watches their runs: options, pins, names and keys here, the runs in a run backend."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, get_args

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
from contracts.benchmark.run_backend import RunBackend, RunRequest
from contracts.paging import Page, PageRequest
from contracts.refusals import Conflict, InvalidInput, NotFound
from core.benchmark.names import EXPERIMENT, experiment_name
from core.canonical import content_hash
from resources.admin.deletion import delete_experiment
from resources.bench_context import BenchContext
from resources.collect.launch import prepared, record_launch, refuse_adopted
from resources.lake.specs import FROM_A_PACK, ExperimentState, is_pinned
from resources.launching.backfill_ids import new_backfill_id
from resources.launching.dagit_config import launch_options
from resources.launching.launch_keys import Claim, LaunchKeys
from resources.launching.plan_view import plan_view
from resources.launching.refusals import options_from, refusing

CHAIN: tuple[Asset, ...] = get_args(Asset)
MOST_AT_ONCE = 100
ENDED = {"success", "failure", "canceled"}


class LaunchService:
    """Implements contracts.benchmark.launches.Launches over any run backend."""

    def __init__(self, bench: BenchContext, runs: RunBackend, keys: LaunchKeys) -> None:
        self._bench, self._runs, self._keys = bench, runs, keys
        self._one_at_a_time = threading.Lock()

    def plan(self, request: LaunchRequest, margin: float | None = None) -> PlanView:
        """Return what launching would request; raise the refusals of `launch`, or InvalidInput for a margin."""
        with refusing():
            bench = self._bench.for_request()
            state = self._open_to_launch(request.experiment, bench=bench)
            self._extends(request)
            spec = prepared(bench, state, request.options, request.judges, by_default=True).spec
            refuse_adopted(spec)
            new = state.spec is None
            return plan_view(bench, spec, request.judges, new=new, retry=request.retry_failed, margin=margin)

    def launch(self, request: LaunchRequest) -> Launched:
        """Validate, pin, add the partition and queue a run of all assets, unless an equal one waits or runs.

        A key that launched before gives the same run again.
        """
        if request.key is None:
            return self._launch(request, None)
        with self._keys.claim(request.actor, "launch", request.key, _body_hash(request), request.experiment) as claim:
            found = claim.run_id or self._runs.by_key(claim.tag)
            if found is None:
                launched = self._launch(request, claim)
                claim.launched(launched.run_id)
                return launched
            if claim.run_id is None:
                claim.launched(found)
            return Launched(request.experiment, found, repeated=True)

    def validate_run_config(self, experiment: str, config: dict[str, Any]) -> None:
        """Raise the refusals of `launch` for a run config of Dagit; nothing is written."""
        options, judges = launch_options(config)
        with refusing():
            state = self._open_to_launch(experiment)
            prepared(self._bench, state, options_from(options), judges, by_default=False)

    def rematerialize(self, experiment: str, asset: Asset, actor: str) -> Launched:
        """Queue a run of `asset` and the assets after it; raise InvalidInput for another asset."""
        if asset not in CHAIN:
            raise InvalidInput(f"asset is {asset!r:.40}: use one of {', '.join(CHAIN)}", ("asset",))
        self._pinned([experiment])
        assets = CHAIN[CHAIN.index(asset) :]
        request = RunRequest(job="benchmark", experiment=experiment, actor=actor, assets=assets)
        return Launched(experiment, self._runs.submit(request))

    def publish(self, experiment: str, actor: str) -> Launched:
        """Queue a run that imports waiting scores and publishes, unless one is queued."""
        self._pinned([experiment])
        return self._once(RunRequest(job="publish", experiment=experiment, actor=actor))

    def export(self, experiment: str, actor: str) -> Launched:
        """Queue a run that writes the judges' folders, unless one is queued."""
        self._pinned([experiment])
        return self._once(RunRequest(job="export", experiment=experiment, actor=actor))

    def backfill(self, experiments: list[str], actor: str) -> BackfillView:
        """Queue one run of all assets for each of 1 to 100 experiments, in the order given."""
        names = list(dict.fromkeys(experiments))
        if not 1 <= len(names) <= MOST_AT_ONCE:
            raise InvalidInput(f"name 1 to {MOST_AT_ONCE} experiments", ("experiments",))
        self._pinned(names, ("experiments",))
        backfill = new_backfill_id(self._bench.now())
        for name in names:
            self._runs.submit(RunRequest(job="benchmark", experiment=name, actor=actor, backfill=backfill))
        return self._runs.backfill(backfill)

    def backfills(self, request: PageRequest) -> Page[BackfillView]:
        """Return a page of our backfills and the backend's own, newest first."""
        return self._runs.backfills(request)

    def cancel(self, run_id: str) -> RunView:
        """Cancel a queued or running run and return it; one that has ended stays as it is."""
        self._runs.cancel(run_id)
        return self._runs.run(run_id)

    def retry(self, run_id: str, actor: str) -> Launched:
        """Queue a run of the same job, assets and partition as one that ended; raise Conflict if it has not."""
        view = self._runs.run(run_id)
        if view.status not in ENDED:
            raise Conflict("the run has not ended: cancel it, or wait")
        self._pinned([view.experiment])
        return Launched(view.experiment, self._runs.submit_again(run_id, actor))

    def delete(self, experiment: str) -> Deleted:
        """Delete an experiment of which nothing was collected; raise NotFound or Conflict."""
        with refusing(), self._one_at_a_time:
            return delete_experiment(self._bench, experiment, self._runs)

    def run(self, run_id: str) -> RunView:
        """Return one run; raise NotFound for an unknown id."""
        return self._runs.run(run_id)

    def runs(self, experiment: str, request: PageRequest) -> Page[RunView]:
        """Return the experiment's runs, newest first; raise NotFound for an unknown experiment."""
        if not is_pinned(self._bench.home, _valid(experiment)):
            raise NotFound(f"there is no experiment {experiment}")
        return self._runs.runs(experiment, request)

    def events(self, run_id: str, after: str | None) -> list[ProgressEvent]:
        """Return the run's events after the cursor, oldest first."""
        return self._runs.events(run_id, after)

    def _launch(self, request: LaunchRequest, claim: Claim | None) -> Launched:
        with refusing():
            state = self._open_to_launch(request.experiment)
            self._extends(request)
            self._runs.check()
            bench = replace(self._bench, author=request.actor or self._bench.author)
            ready = prepared(bench, state, request.options, request.judges, by_default=True)
            recorded = record_launch(bench, ready)
        switches = {"accept_failures": request.accept_failures}
        switches |= {"retry_failed": True} if request.retry_failed else {}
        run = RunRequest(
            job="benchmark",
            experiment=request.experiment,
            actor=request.actor,
            collecting=switches,
            key=claim.tag if claim else None,
        )
        return self._once(run, under_way=not recorded.is_new)

    def _extends(self, request: LaunchRequest) -> None:
        extends = request.options.extends
        if extends is None:
            return
        if not EXPERIMENT.fullmatch(extends) or not is_pinned(self._bench.home, extends):
            raise InvalidInput(f"extends is {extends:.90}, which was never launched", ("extends",))

    def _once(self, request: RunRequest, *, under_way: bool = False) -> Launched:
        """Return the queued run that will do the same, else a new one: a run reads what to do when it starts.

        One that is `under_way` counts too, if nothing is new since it started.
        """
        with self._one_at_a_time:
            queued = self._runs.equal(request, under_way=under_way)
            if queued is not None:
                return Launched(request.experiment, queued, repeated=True)
            if not is_pinned(self._bench.home, request.experiment):
                raise Conflict(f"{request.experiment} was deleted meanwhile: launch it again", ("experiment",))
            return Launched(request.experiment, self._runs.submit(request))

    def _pinned(self, names: Sequence[str], path: tuple[str, ...] = ("experiment",)) -> None:
        """Raise NotFound for names without a pin and Conflict for archived ones, before the first is queued."""
        with refusing():
            for name in names:
                if not EXPERIMENT.fullmatch(name) or not is_pinned(self._bench.home, name):
                    raise NotFound(f"there is no experiment {name!r:.90}", path)
                self._open_to_launch(name, path)
        self._runs.check()

    def _open_to_launch(
        self, experiment: str, path: tuple[str, ...] = ("experiment",), bench: BenchContext | None = None
    ) -> ExperimentState:
        """Return what is on record of an experiment; raise InvalidName, or Conflict if it is archived."""
        state = (bench or self._bench).on_record(experiment_name(experiment))
        if state.is_archived:
            raise Conflict(
                f"{experiment} is archived: unarchive it, or start a new experiment, with extends to go on", path
            )
        if state.unpacked:
            raise Conflict(f"{experiment} {FROM_A_PACK}={experiment}", path)
        return state


def _body_hash(request: LaunchRequest) -> str:
    """Return the hash of all but the key; a field that came later joins only where it is not its default."""
    body = msgspec.to_builtins(msgspec.structs.replace(request, key=None))
    if not request.retry_failed:
        del body["retry_failed"]
    return content_hash(body)


def _valid(name: str) -> str:
    with refusing():
        return experiment_name(name)
