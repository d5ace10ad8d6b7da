"""Launching: plans, runs of partitions, their cancelling, retrying and watching."""

from typing import Any, Literal, Protocol

import msgspec

from contracts.benchmark.experiments import RunView
from contracts.paging import Page, PageRequest
from core.benchmark.spec import Options

Asset = Literal["candidates", "judge_exports", "judge_scores", "leaderboards"]


class LaunchRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What a person asks for, by the options of every door; `key` makes a retry of the same request safe.

    `actor` is the user id; `experiment` is validated here as everywhere.
    """

    experiment: str
    options: Options
    judges: tuple[str, ...] = ()
    accept_failures: bool = False
    key: str | None = None
    actor: str = ""


class CellPlanView(msgspec.Struct, frozen=True):
    """What one cell would still ask for; `cost` in USD is an upper estimate, None where a price is unknown."""

    model: str
    prompt: str
    generations: int
    to_ask: int
    tokens_in: int
    tokens_out: int
    cost: float | None


class PlanView(msgspec.Struct, frozen=True, kw_only=True):
    """What a launch would ask for; `skipped` names models over max_model_b."""

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


class Launched(msgspec.Struct, frozen=True):
    """A queued run; `repeated` when the same key, or an equal launch that is still queued, had launched it."""

    experiment: str
    run_id: str
    repeated: bool = False


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

    `done`, `expected`, `failed` and `cost` are those of collecting at that moment, None for other jobs.
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


class Launches(Protocol):
    """Launches and watches runs; blocking, safe from several threads.

    Refusals: InvalidInput with the option's name as path, NameTaken for a pin that differs, Conflict for an archived
    experiment or another body under the key, InProgress while the same key is being launched, Unavailable while the
    code server is away (nothing is pinned then, the same key may be used again).
    """

    def plan(self, request: LaunchRequest) -> PlanView:
        """What launching would ask for; nothing is written."""
        ...

    def launch(self, request: LaunchRequest) -> Launched:
        """Validate, pin, add the partition, queue a run of the whole chain; answers within a second.

        While an equal run is queued it is that one.
        """
        ...

    def validate_run_config(self, experiment: str, config: dict[str, Any]) -> None:
        """The same validation for a launch that comes through Dagit; raises the same refusals."""
        ...

    def rematerialize(self, experiment: str, asset: Asset, actor: str) -> Launched:
        """Queue a run of `asset` and what follows it."""
        ...

    def publish(self, experiment: str, actor: str) -> Launched:
        """Queue a run that takes waiting scores and publishes, unless one is queued; then that one."""
        ...

    def export(self, experiment: str, actor: str) -> Launched:
        """Queue a run that writes the judges' folders, unless one is queued; then that one."""
        ...

    def backfill(self, experiments: list[str], actor: str) -> BackfillView:
        """One queued run of the whole chain for each pinned experiment, grouped by a tag.

        All names are validated before the first is queued.
        """
        ...

    def backfills(self, request: PageRequest) -> Page[BackfillView]:
        """Ours and Dagster's own, newest first."""
        ...

    def cancel(self, run_id: str) -> RunView:
        """Cancel a queued or running run; a run that has ended stays as it is."""
        ...

    def retry(self, run_id: str, actor: str) -> Launched:
        """Queue a run of the same job and partition as an ended one; Conflict while it still runs."""
        ...

    def run(self, run_id: str) -> RunView:
        """One run; NotFound."""
        ...

    def runs(self, experiment: str, request: PageRequest) -> Page[RunView]:
        """Runs of the partition, newest first; `where` may hold status."""
        ...

    def events(self, run_id: str, after: str | None) -> list[ProgressEvent]:
        """Events after the cursor, oldest first.

        Empty when nothing is new. NotFound; InvalidInput for a cursor of something else.
        """
        ...
