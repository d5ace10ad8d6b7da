"""Experiments: what was pinned, how far each is, and what admins may change of it."""

from enum import Enum
from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from api.access import RequiresRole
from api.connection import After, Connection, First, connection_of, request_of
from api.context import ApiServices, Info, in_thread
from api.enums import described
from api.execution.computed import computed
from api.failures import AnyFailure, called
from api.fields import field, mutation, query
from api.types.leaderboard import LeaderboardRow
from api.types.node import Node, accepts, node_id
from contracts.access.caller import Role
from contracts.benchmark.experiments import CellView, ExperimentView, SnapshotView, SummaryView
from contracts.benchmark.experiments import RecordedJudge as JudgeView
from contracts.benchmark.launches import Deleted
from core.benchmark.records import UnknownBaseline, split_baseline
from core.scoring.leaderboard_row import LeaderboardRow as Row
from kit.refusals import refusal_of

Name = Annotated[str, strawberry.argument(description="The experiment's name.")]


def experiments_by_name(services: ApiServices, names: list[str]) -> list[ExperimentView | None]:
    """Return the experiments in the order of the names, None for one that is not there; all are read at once."""
    return services.experiments.by_names(names)


def summaries_by_name(services: ApiServices, names: list[str]) -> list[SummaryView | None]:
    """Return what lists show of the experiments, in the order of the names; all are read at once."""
    return services.experiments.summaries(names)


@strawberry.type(description="One (model, prompt) cell as collected; null is not known.")
class Cell:
    """Shows contracts.benchmark.experiments.CellView."""

    is_type_of = accepts(CellView)

    model: str = strawberry.field(description="Name of the model.")
    prompt: str = strawberry.field(description="Name of the prompt.")
    expected: int = strawberry.field(description="Generations that the spec expects.")
    n_text: int = strawberry.field(description="Tips.")
    n_failed: int = strawberry.field(description="Generations that failed for good.")
    n_refused: int = strawberry.field(description="Generations that the model refused.")
    tokens_in: float | None = strawberry.field(description="Input tokens in all.")
    tokens_out: float | None = strawberry.field(description="Output tokens in all.")
    cost: float | None = strawberry.field(description="USD in all.")
    latency_p50_ms: float | None = strawberry.field(name="latencyP50Ms", description="Median latency in ms.")
    latency_p95_ms: float | None = strawberry.field(name="latencyP95Ms", description="95th percentile of it in ms.")


@strawberry.type(description="A published leaderboard that is kept.")
class Snapshot:
    """Shows contracts.benchmark.experiments.SnapshotView."""

    is_type_of = accepts(SnapshotView)

    snapshot: str = strawberry.field(description="Hash of its data; `leaderboard(at:)` takes it.")
    published_at: str = strawberry.field(description="When, ISO 8601 in UTC.")


@strawberry.type(description="A judge on an experiment's record, named at its launch or since.")
class RecordedJudge:
    """Shows contracts.benchmark.experiments.RecordedJudge."""

    is_type_of = accepts(JudgeView)

    judge: str = strawberry.field(description="Id of the judge.")
    kind: str = strawberry.field(description="human, agent, model or program; it never changes.")


@strawberry.type(description="A benchmark of models and prompts.", directives=[RequiresRole(role=Role.ADMIN)])
class Experiment(Node):
    """Shows contracts.benchmark.experiments.ExperimentView."""

    is_type_of = accepts(ExperimentView)

    id: strawberry.ID = node_id("Experiment", "name")
    name: str = strawberry.field(description="Its name, its own until it is deleted.")
    source: str = strawberry.field(description="run, or adopt for outputs made elsewhere.")
    state: str = strawberry.field(description="pinned, collecting, collected, exported or judged.")
    created_at: str = strawberry.field(description="When it was pinned, ISO 8601 in UTC.")
    n_cells: int = strawberry.field(description="(model, prompt) cells.")
    n_scenarios: int = strawberry.field(description="Scenarios, the same for every cell.")
    n_tips: int = strawberry.field(description="Tips for each cell and scenario.")
    coverage: float = strawberry.field(description="The least cell's share of scored (tip, judge) pairs, 0 to 1.")
    provisional: bool = strawberry.field(description="Whether any cell's coverage is under 0.9.")
    archived: bool = strawberry.field(description="Hidden from lists; takes no launches or rounds.")
    baseline: str = strawberry.field(description="MODEL/PROMPT that differences are taken to.")
    max_cost: float | None = strawberry.field(description="Ceiling of all spending in USD.")
    rubric: str = strawberry.field(description="name@version.")
    seed: int = strawberry.field(description="Draws scenarios and shuffles items.")
    failures: str = strawberry.field(description="worst or excluded: how failed tips count.")
    extends: str | None = strawberry.field(description="The experiment whose equal generations it takes over.")
    spec_hash: str = strawberry.field(description="Content hash of the pin.")
    version: str = strawberry.field(description="Changes with anything that a reader could see.")
    mlflow_url: str | None = strawberry.field(description="Where MLflow shows it; null before anything is mirrored.")
    dagit_url: str = computed(
        lambda row: f"/dagster/locations/tipbench/jobs/benchmark/partitions?partition={row.name}",
        str,
        "Where Dagit shows its partition.",
    )

    @field("What was spent on it, in USD; null is not known.", gives=float | None)
    @staticmethod
    async def cost(root: strawberry.Parent[ExperimentView], info: Info) -> float | None:
        """Return what was spent, None where nothing is known."""
        found = await info.context.load(summaries_by_name, root.name)
        return found.cost if found else None

    @field("When something was last pinned, collected or published, ISO 8601 in UTC.", gives=str | None)
    @staticmethod
    async def last_activity_at(root: strawberry.Parent[ExperimentView], info: Info) -> str | None:
        """Return the time of the last change, None for an experiment that cannot be read."""
        found = await info.context.load(summaries_by_name, root.name)
        return found.last_activity_at if found else None

    @field("The first row of its leaderboard; null before anyone has scored.", gives=LeaderboardRow | None)
    @staticmethod
    async def leader(root: strawberry.Parent[ExperimentView], info: Info) -> Row | None:
        """Return the leading cell, None without a published score."""
        found = await info.context.load(summaries_by_name, root.name)
        return found.leader if found else None

    @field("Its cells, in the order of the spec.", gives=list[Cell], rows=100)
    @staticmethod
    async def cells(root: strawberry.Parent[ExperimentView], info: Info) -> list[CellView]:
        """Return the cells, counted from the candidates as they are now."""
        return await in_thread(info.context.services.experiments.cells, root.name)

    @field("Its kept leaderboards, oldest first.", gives=list[Snapshot], rows=100)
    @staticmethod
    async def snapshots(root: strawberry.Parent[ExperimentView], info: Info) -> list[SnapshotView]:
        """Return the stored publications of the leaderboard, oldest first."""
        return await in_thread(info.context.services.experiments.snapshots, root.name)

    @field("The judges on its record, in order of first appearance.", gives=list[RecordedJudge], rows=100)
    @staticmethod
    async def judges(root: strawberry.Parent[ExperimentView], info: Info) -> list[JudgeView]:
        """Return the judges that were named at the launch or since."""
        return await in_thread(info.context.services.experiments.judges, root.name)

    @field("The pin, with the full text of all that it used.", gives=JSON)
    @staticmethod
    async def spec(root: strawberry.Parent[ExperimentView], info: Info) -> object:
        """Return the pin as spec.json holds it."""
        return await in_thread(info.context.services.experiments.spec, root.name)


@strawberry.input(description="Which experiments.")
class ExperimentFilter:
    """Which experiments; every field that is given must match."""

    state: str | None = strawberry.field(default=None, description="pinned, collecting, collected, exported, judged.")
    archived: bool = strawberry.field(default=False, description="Archived ones instead of the others.")
    search: str | None = strawberry.field(default=None, description="A part of the name.")


@described("Orders of experiments.", NAME="By name.", CREATED_AT="By the time of the pin.")
class ExperimentSort(Enum):
    """The orders that contracts.benchmark.experiments.Experiments.page knows."""

    NAME = "name"
    CREATED_AT = "created_at"


ExperimentResult = Annotated[
    Experiment | AnyFailure, strawberry.union("ExperimentResult", description="The changed experiment, or why not.")
]


@strawberry.type(description="An experiment that is gone; its name is free.")
class DeletedExperiment:
    """Shows contracts.benchmark.launches.Deleted."""

    is_type_of = accepts(Deleted)

    experiment: str = strawberry.field(description="Its name.")
    notes: list[str] = strawberry.field(description="A sentence on each part of it that remains elsewhere.")


DeletionResult = Annotated[
    DeletedExperiment | AnyFailure, strawberry.union("DeletionResult", description="What is gone, or why not.")
]


class ExperimentQueries:
    """Root fields of the query."""

    @query(Role.ADMIN, "Experiments that are not archived, or those that are.", gives=Connection[Experiment])
    async def experiments(
        self,
        info: Info,
        first: First = 50,
        after: After = None,
        where: Annotated[ExperimentFilter | None, strawberry.argument(description="Which.")] = None,
        sort: Annotated[ExperimentSort, strawberry.argument(description="By what.")] = ExperimentSort.NAME,
        descending: Annotated[bool, strawberry.argument(description="Last first.")] = False,
    ) -> Connection[ExperimentView]:
        """Return a page of experiments."""
        chosen = where or ExperimentFilter()
        filters = {"state": chosen.state, "archived": chosen.archived, "search": chosen.search}
        request = request_of("experiments", first, after, sort=sort.value, descending=descending, where=filters)
        return connection_of(await in_thread(info.context.services.experiments.page, request), request)

    @query(Role.ADMIN, "One experiment; null when there is none of that name.", gives=Experiment | None)
    async def experiment(self, info: Info, name: Name) -> ExperimentView | None:
        """Return the experiment, None when there is none; all that one operation selects are read at once."""
        return await info.context.load(experiments_by_name, name)


class ExperimentMutations:
    """Root fields of the mutation."""

    @mutation(Role.ADMIN, "Hide an experiment and refuse launches and rounds of it.", gives=ExperimentResult)
    async def archive_experiment(self, info: Info, name: Name) -> ExperimentView:
        """Archive an experiment and return it; nothing is deleted, and `unarchive_experiment` takes it back."""
        info.context.note(target=name)
        with called("name"):
            found = await in_thread(info.context.services.admin.archive, name, info.context.known.subject)
        info.context.note(after={"version": found.version})
        return found

    @mutation(Role.ADMIN, "Show an archived experiment in lists again and take launches.", gives=ExperimentResult)
    async def unarchive_experiment(self, info: Info, name: Name) -> ExperimentView:
        """Take an experiment out of the archive and return it; one that is not archived stays as it is."""
        info.context.note(target=name)
        with called("name"):
            found = await in_thread(info.context.services.admin.unarchive, name, info.context.known.subject)
        info.context.note(after={"version": found.version})
        return found

    @mutation(Role.ADMIN, "Delete an experiment of which nothing was collected.", gives=DeletionResult)
    async def delete_experiment(self, info: Info, name: Name) -> Deleted:
        """Delete an experiment whole, so that its name can be used afresh; again it is not found."""
        info.context.note(target=name)
        with called("name"):
            deleted = await in_thread(info.context.services.launches.delete, name)
        info.context.note(after={"notes": str(len(deleted.notes))})
        return deleted

    @mutation(Role.ADMIN, "Set the cell that differences are taken to.", gives=ExperimentResult)
    async def set_baseline(
        self,
        info: Info,
        name: Name,
        baseline: Annotated[str, strawberry.argument(description="MODEL/PROMPT, split at the last slash.")],
    ) -> ExperimentView:
        """Record the baseline, in force from the next publication on; raise InvalidInput unless it is MODEL/PROMPT."""
        info.context.note(target=name)
        try:
            model, prompt = split_baseline(baseline)
        except UnknownBaseline as error:
            raise refusal_of(error) from error
        with called("name"):
            who = info.context.known.subject
            changed = await in_thread(info.context.services.admin.set_baseline, name, model, prompt, who)
        info.context.note(after={"baseline": changed.baseline})
        return changed
