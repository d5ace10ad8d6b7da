"""Runs: what Dagster does for an experiment, their progress, and how one is cancelled, retried or followed."""

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from enum import Enum
from typing import Annotated

import strawberry

from api.connection import After, Connection, First, connection_of, request_of
from api.context import ApiServices, Info, in_thread
from api.enums import described
from api.execution.computed import computed
from api.failures import AnyFailure
from api.fields import field, mutation, query, subscription
from api.types.experiments import Cell, experiments_by_name
from api.types.launch import LaunchResult
from api.types.node import accepts
from contracts.access.caller import Role
from contracts.benchmark.experiments import CellProgressView, CellView, RunView
from contracts.benchmark.launches import Asset as AssetName
from contracts.benchmark.launches import Launched, Launches, ProgressEvent

POLL_S, LOOK_S = 0.15, 1.0
"""Seconds between two looks at a run's events, and at least between two at whether one without new events has ended."""
ENDED = {"success", "failure", "canceled"}


def cells_by_name(services: ApiServices, names: list[str]) -> list[list[CellView] | None]:
    """Return each experiment's cells in the order of the names, None for one that is not there."""
    return [services.experiments.cells(name) for name in names]


@strawberry.type(description="A Dagster run of an experiment; null is not known or not collected by it.")
class Run:
    """Shows contracts.benchmark.experiments.RunView."""

    is_type_of = accepts(RunView)

    id: str = strawberry.field(description="Dagster's id.")
    experiment: str = strawberry.field(description="Name of the experiment.")
    job: str = strawberry.field(description="benchmark, publish, export or another job.")
    status: str = strawberry.field(description="queued, starting, running, success, failure, canceling or canceled.")
    outcome: str | None = strawberry.field(description="Of collecting: done, partial, failed or interrupted.")
    created_at: str = strawberry.field(description="ISO 8601 in UTC.")
    started_at: str | None = strawberry.field(description="ISO 8601 in UTC.")
    ended_at: str | None = strawberry.field(description="ISO 8601 in UTC.")
    done: int | None = strawberry.field(description="Generations with a final outcome.")
    expected: int | None = strawberry.field(description="Generations expected.")
    failed: int | None = strawberry.field(description="Generations that failed or were refused.")
    cost: float | None = strawberry.field(description="USD that the experiment had cost by then.")
    judged: int | None = strawberry.field(description="Items that model judges answered in it.")
    to_judge: int | None = strawberry.field(description="Items that waited for a model judge when it came to them.")
    judge_cost: float | None = strawberry.field(description="USD that judging had cost by then, apart from `cost`.")
    launched_by: str | None = strawberry.field(description="User id; null for Dagit and the command line.")
    backfill: str | None = strawberry.field(description="The backfill that it belongs to.")
    dagit_url: str = computed(lambda row: f"/dagster/runs/{row.id}", str, "Where Dagit shows it.")

    @field("Where MLflow shows the experiment; null before anything is mirrored.", gives=str | None)
    @staticmethod
    async def mlflow_url(root: strawberry.Parent[RunView], info: Info) -> str | None:
        """Return the address of the run in MLflow, None without one; read once for all runs of the answer."""
        view = await info.context.load(experiments_by_name, root.experiment)
        return view.mlflow_url if view else None

    @field("The experiment's cells as collected by now.", gives=list[Cell], rows=100)
    @staticmethod
    async def cells(root: strawberry.Parent[RunView], info: Info) -> list[CellView]:
        """Return the cells of the run's experiment; read once for all runs of the answer."""
        return await info.context.load(cells_by_name, root.experiment) or []


@strawberry.type(description="How far a collecting run is with one cell.")
class CellProgress:
    """Shows contracts.benchmark.experiments.CellProgressView."""

    is_type_of = accepts(CellProgressView)

    done: int = strawberry.field(description="Generations with a final outcome.")
    failed: int = strawberry.field(description="Generations that failed or were refused.")
    expected: int = strawberry.field(description="Generations that this run goes through.")


@strawberry.type(description="One step of a run.")
class RunProgress:
    """Shows contracts.benchmark.launches.ProgressEvent."""

    is_type_of = accepts(ProgressEvent)

    cursor: str = strawberry.field(description="Give it as `after` to resume behind this step.")
    at: str = strawberry.field(description="ISO 8601 in UTC.")
    kind: str = strawberry.field(description="queued, started, step, progress, check, message or ended.")
    message: str = strawberry.field(description="For people.")
    status: str = strawberry.field(description="The run's status at that moment.")
    done: int | None = strawberry.field(description="Generations with a final outcome.")
    expected: int | None = strawberry.field(description="Generations expected.")
    failed: int | None = strawberry.field(description="Generations that failed or were refused.")
    cost: float | None = strawberry.field(description="USD that the experiment has cost by now.")

    @field(
        "By cell, in the order of the experiment's cells; empty unless the step is progress.",
        gives=list[CellProgress],
        rows=100,
    )
    @staticmethod
    def cells(root: strawberry.Parent[ProgressEvent]) -> list[CellProgressView]:
        """Return how far the run was with each cell when it was recorded last, not read anew for this field."""
        return list(root.cells)


@described(
    "The assets of the graph, in order.",
    CANDIDATES="The generations.",
    JUDGE_EXPORTS="The judges' folders.",
    JUDGE_SCORES="The answers in force.",
    LEADERBOARDS="The published leaderboard.",
)
class Asset(Enum):
    """The assets that contracts.benchmark.launches.Asset names."""

    CANDIDATES = "candidates"
    JUDGE_EXPORTS = "judge_exports"
    JUDGE_SCORES = "judge_scores"
    LEADERBOARDS = "leaderboards"


RunResult = Annotated[Run | AnyFailure, strawberry.union("RunResult", description="The run, or why not.")]
RunId = Annotated[str, strawberry.argument(description="Dagster's id of the run.")]


class RunQueries:
    """Root fields of the query."""

    @query(Role.ADMIN, "Runs of an experiment, newest first.", gives=Connection[Run])
    async def runs(
        self,
        info: Info,
        experiment: Annotated[str, strawberry.argument(description="The experiment's name.")],
        first: First = 50,
        after: After = None,
        status: Annotated[str | None, strawberry.argument(description="Only runs with this status.")] = None,
    ) -> Connection[RunView]:
        """Return a page of an experiment's runs, newest first."""
        request = request_of(f"runs {experiment}", first, after, where={"status": status})
        return connection_of(await in_thread(info.context.services.launches.runs, experiment, request), request)


class RunMutations:
    """Root fields of the mutation."""

    @mutation(Role.ADMIN, "Cancel a queued or running run; one that has ended stays as it is.", gives=RunResult)
    async def cancel_run(self, info: Info, run_id: RunId) -> RunView:
        """Cancel a run and return it; what was collected stays."""
        info.context.note(target=run_id)
        run = await in_thread(info.context.services.launches.cancel, run_id)
        info.context.note(after={"status": run.status})
        return run

    @mutation(Role.ADMIN, "Queue a run of the same job and experiment as an ended one.", gives=LaunchResult)
    async def retry_run(self, info: Info, run_id: RunId) -> Launched:
        """Retry a run, paying only for what has no final outcome."""
        info.context.note(target=run_id)
        launched = await in_thread(info.context.services.launches.retry, run_id, info.context.known.subject)
        info.context.note(after={"run": launched.run_id})
        return launched

    @mutation(Role.ADMIN, "Queue a run of an asset and what follows it.", gives=LaunchResult)
    async def rematerialize(
        self,
        info: Info,
        experiment: Annotated[str, strawberry.argument(description="The experiment's name.")],
        asset: Annotated[Asset, strawberry.argument(name="from", description="The first asset.")],
    ) -> Launched:
        """Queue a run of the same pin from an asset on."""
        info.context.note(target=experiment)
        name: AssetName = asset.value
        queue = info.context.services.launches.rematerialize
        launched = await in_thread(queue, experiment, name, info.context.known.subject)
        info.context.note(after={"run": launched.run_id})
        return launched


class RunSubscriptions:
    """Root fields of the subscription."""

    @subscription(Role.ADMIN, "The steps of a run as they happen, to its end.", gives=RunProgress)
    async def run_progress(
        self,
        info: Info,
        run_id: RunId,
        after: Annotated[str | None, strawberry.argument(description="Resume behind this cursor.")] = None,
    ) -> AsyncIterator[ProgressEvent]:
        """Yield a run's progress; complete after the step `ended`."""
        async for event in followed(info.context.services.launches, run_id, after, info.context.look):
            yield event


async def followed(
    launches: Launches, run_id: str, after: str | None, look: Callable[[], Awaitable[None]]
) -> AsyncIterator[ProgressEvent]:
    """Yield the run's events after the cursor as they happen, to its end; raise NotFound or InvalidCursor.

    `look` returns when it may look for them.

    An end may be written between a look at the events and one at the run: once the run has ended, its events are read
    once more.
    """
    cursor, over, look_at, clock = after, False, -math.inf, asyncio.get_running_loop().time
    while True:
        await look()
        events = await in_thread(launches.events, run_id, cursor)
        for event in events:
            yield event
            cursor = event.cursor
            if event.kind == "ended":
                return
        if over:
            return
        if not events and clock() >= look_at:
            over = (await in_thread(launches.run, run_id)).status in ENDED
            look_at = clock() + LOOK_S
        if not over:
            await asyncio.sleep(POLL_S)
