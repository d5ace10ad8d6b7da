"""Launching: plans, and starting, cancelling, retrying and watching runs of partitions."""

from typing import Any, Literal, Protocol

import msgspec

from contracts.benchmark.experiments import CellProgressView, RunView
from contracts.paging import Page, PageRequest
from core.benchmark.spec import Options
from core.choosing.planning import DecisionPlan
from core.plurals import counted

Asset = Literal["candidates", "judge_exports", "judge_scores", "leaderboards"]


class LaunchRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What to launch, by the options of CLI, Dagit, GraphQL and REST; `key` makes a retry of the same request safe.

    `actor` is the user id; `experiment` is validated here as everywhere.
    """

    experiment: str
    options: Options
    judges: tuple[str, ...] = ()
    accept_failures: bool = False
    retry_failed: bool = False
    key: str | None = None
    actor: str = ""


class CellPlanView(msgspec.Struct, frozen=True):
    """What one cell would still request; `cost` in USD is an upper estimate, None if a price is unknown."""

    model: str
    prompt: str
    generations: int
    to_ask: int
    tokens_in: int
    tokens_out: int
    cost: float | None


class JudgePlanView(msgspec.Struct, frozen=True):
    """What a judge who is no program has to judge in all, at most: `new` tips, and `anchors`, old ones shown again.

    Of one of the catalog, which is asked inside the run, `requests` are what it is sent for these, the new ones `of`
    all tips, and `cost` in USD is an estimate, None where a price is unknown; elsewhere they are None. Where it was
    not tried yet, `trial_requests` come on top, for `trial_cost`. `hours` are those of all requests by the time that an
    answer took in its trial, None where that is not known.
    """

    judge: str
    new: int
    anchors: int
    of: int | None = None
    requests: int | None = None
    cost: float | None = None
    trial_requests: int = 0
    trial_cost: float | None = None
    hours: float | None = None

    @property
    def in_words(self) -> str:
        """Return what a judge of the catalog is still to answer, and for how much, for people to read."""
        again = f" and {self.anchors} to judge again" if self.anchors else ""
        money = "the price not known" if self.cost is None else f"at most about {self.cost:.4f} USD"
        said = f"{self.judge} is asked inside the run: {self.new} of {self.of} to judge{again}, {money}"
        if self.hours:
            said += f", about {self._time(self.hours)} by what an answer took in its trial"
        if not self.trial_requests:
            return said
        money = "the price not known" if self.trial_cost is None else f"at most about {self.trial_cost:.4f} USD"
        return f"{said}; before that its trial, {self.trial_requests} more requests, {money}"

    @staticmethod
    def _time(hours: float) -> str:
        return f"{hours:.1f} hours" if hours >= 1 else counted(max(1, round(60 * hours)), "minute")


class PlanView(msgspec.Struct, frozen=True, kw_only=True):
    """What a launch would request; `skipped` names models over max_model_b, `judges` what comes to each.

    `warnings` has a sentence on each thing to know before: a shared machine, edited entries, few tokens to reason.
    `deciding` is what can be shown and decided with so much data.
    """

    experiment: str
    generations: int
    to_ask: int
    journaled: int
    taken_over: int
    tokens_in: int
    tokens_out: int
    cost: float | None
    cells: list[CellPlanView]
    skipped: list[str]
    deciding: DecisionPlan
    judges: list[JudgePlanView] = []
    warnings: list[str] = []


class Launched(msgspec.Struct, frozen=True):
    """A queued run; `repeated` when the same key, or an equal launch that is still queued, had launched it."""

    experiment: str
    run_id: str
    repeated: bool = False


class Deleted(msgspec.Struct, frozen=True):
    """An experiment that is gone; `notes` has a sentence on each part of it that remains elsewhere."""

    experiment: str
    notes: list[str] = []


class BackfillView(msgspec.Struct, frozen=True, kw_only=True):
    """Runs launched together: ours by tag, one run an experiment, or one of Dagster's own."""

    id: str
    source: Literal["tipbench", "dagster"]
    status: str
    created_at: str
    experiments: list[str]
    n_done: int
    n_failed: int


class ProgressEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a run; `cursor` resumes after it. `kind` is queued, started, step, progress, check, message or ended.

    `done`, `expected`, `failed` and `cost` are those of collecting at that moment, None for other jobs;
    `cells` those of each cell in the order of the spec, empty where they are not known.
    """

    cursor: str
    at: str
    kind: str
    message: str
    status: str
    done: int | None = None
    expected: int | None = None
    failed: int | None = None
    cost: float | None = None
    cells: tuple[CellProgressView, ...] = ()


class Launches(Protocol):
    """Launches and watches runs; blocking, safe from several threads.

    Refusals: InvalidInput with the option's name as path, NameTaken for a pin that differs, Conflict for an archived
    experiment or another body under the key, InProgress while the same key is being launched, Unavailable while the
    code server is away (nothing is pinned then, the same key may be used again).
    """

    def plan(self, request: LaunchRequest, margin: float | None = None) -> PlanView:
        """Return what launching would request, without writing anything; a decision is planned by the `margin`."""
        ...

    def launch(self, request: LaunchRequest) -> Launched:
        """Validate, pin, add the partition and queue a run of all assets; answers within a second.

        While an equal run is queued, return that one.
        """
        ...

    def validate_run_config(self, experiment: str, config: dict[str, Any]) -> None:
        """Raise the refusals of `launch` for a launch that comes through Dagit."""
        ...

    def rematerialize(self, experiment: str, asset: Asset, actor: str) -> Launched:
        """Queue a run of `asset` and all that depends on it."""
        ...

    def publish(self, experiment: str, actor: str) -> Launched:
        """Queue a run that imports waiting scores and publishes; return the queued one if there is one."""
        ...

    def export(self, experiment: str, actor: str) -> Launched:
        """Queue a run that writes the judges' folders; return the queued one if there is one."""
        ...

    def backfill(self, experiments: list[str], actor: str) -> BackfillView:
        """Queue one run of all assets for each pinned experiment, grouped by a tag.

        All names are validated before the first is queued.
        """
        ...

    def backfills(self, request: PageRequest) -> Page[BackfillView]:
        """Return our backfills and Dagster's own, newest first."""
        ...

    def cancel(self, run_id: str) -> RunView:
        """Cancel a queued or running run and return it; a run that has ended stays as it is."""
        ...

    def retry(self, run_id: str, actor: str) -> Launched:
        """Queue a run of the same job and partition as one that ended; raise Conflict while it still runs."""
        ...

    def delete(self, experiment: str) -> Deleted:
        """Delete an experiment of which nothing was collected; its name is free from then on.

        Raise NotFound for an unknown name, Conflict where anything was collected, adopted, scored or published, where a
        round exists or another experiment extends it, and while a run of it is queued or goes on.
        """
        ...

    def run(self, run_id: str) -> RunView:
        """Return one run; raise NotFound if the id is unknown."""
        ...

    def runs(self, experiment: str, request: PageRequest) -> Page[RunView]:
        """Return the partition's runs, newest first; `where` may hold status."""
        ...

    def events(self, run_id: str, after: str | None) -> list[ProgressEvent]:
        """Return events after the cursor, oldest first; empty if nothing is new.

        Raise NotFound for an unknown run, InvalidInput for a cursor of another run.
        """
        ...
