"""A small schema in the way that nouns are written; what the tests of the API run against."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

import strawberry

from api.access import RequiresRole
from api.connection import After, Connection, First, connection_of, request_of
from api.context import ApiContext, ApiServices, Info, in_thread
from api.failures import AnyFailure
from api.fields import field, mutation, query, subscription
from api.schema import AdminSchema, build_schema
from api.types.node import Node, accepts, find_node, node_id
from contracts.access.auth import UserView
from contracts.access.caller import Role
from contracts.benchmark.experiments import ExperimentView
from contracts.benchmark.launches import Launched, ProgressEvent


def experiments_by_name(services: ApiServices, names: list[str]) -> list[ExperimentView | None]:
    """One question for all names."""
    return services.experiments.by_names(names)


EXPERIMENT = Annotated["Experiment", strawberry.lazy("tests.api.example")]


@strawberry.type(description="A benchmark.", directives=[RequiresRole(role=Role.ADMIN)])
class Experiment(Node):
    """Shows contracts.benchmark.experiments.ExperimentView."""

    is_type_of = accepts(ExperimentView)

    id: strawberry.ID = node_id("Experiment", "name")
    name: str = strawberry.field(description="Its name, never used again.")
    state: str = strawberry.field(description="How far it is.")
    n_cells: int = strawberry.field(description="Cells.")
    n_tips: int = strawberry.field(description="Tips a scenario and cell.")
    coverage: float = strawberry.field(description="Scored pairs, 0 to 1.")
    provisional: bool = strawberry.field(description="Whether coverage is under 0.9.")
    max_cost: float | None = strawberry.field(description="Ceiling in USD.")
    extends: str | None = strawberry.field(description="What it takes over from.")

    @field("The experiment that it extends.", EXPERIMENT | None)
    @staticmethod
    async def base(root: strawberry.Parent[ExperimentView], info: Info) -> ExperimentView | None:
        """Read with those of all other rows."""
        return None if root.extends is None else await info.context.load(experiments_by_name, root.extends)


@strawberry.type(description="A user.", directives=[RequiresRole(role=Role.ADMIN)])
class User(Node):
    """Shows contracts.access.auth.UserView."""

    is_type_of = accepts(UserView)

    id: strawberry.ID = node_id("User", "id")
    role: Role = strawberry.field(description="What they may do.")


@strawberry.type(description="A queued run.")
class LaunchSuccess:
    """Shows contracts.benchmark.launches.Launched."""

    is_type_of = accepts(Launched)

    experiment: str = strawberry.field(description="The experiment.")
    run_id: str = strawberry.field(description="The run.")
    repeated: bool = strawberry.field(description="Whether the same key launched it before.")


LaunchResult = Annotated[LaunchSuccess | AnyFailure, strawberry.union("LaunchResult", description="A run, or why not.")]


@strawberry.type(description="One step of a run.")
class Progress:
    """Shows contracts.benchmark.launches.ProgressEvent."""

    cursor: str = strawberry.field(description="Resumes after it.")
    message: str = strawberry.field(description="For people.")
    done: int | None = strawberry.field(description="Generations by now.")


async def _experiment(context: ApiContext, name: str) -> ExperimentView | None:
    return await context.load(experiments_by_name, name)


async def _user(context: ApiContext, key: str) -> UserView | None:
    return await in_thread(context.services.auth.user, key)


FINDERS = {Experiment: _experiment, User: _user}


class Queries:
    """What can be read here."""

    @query(Role.ADMIN, "Experiments, by name.", Connection[Experiment])
    async def experiments(
        self,
        info: Info,
        first: First = 50,
        after: After = None,
        state: Annotated[str | None, strawberry.argument(description="Only those that are so far.")] = None,
    ) -> Connection[ExperimentView]:
        """A page, filtered where the rows are."""
        listing = request_of("experiments", first, after, sort="name", where={"state": state}, most=1_000)
        return connection_of(await in_thread(info.context.services.experiments.page, listing), listing)

    @query(Role.USER, "Something with an id.", Node | None)
    async def node(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Its id.")],  # noqa: A002 - Relay's name
    ) -> object:
        """Of any type, when the caller may read that type."""
        return await find_node(info.context, FINDERS, id)

    @query(Role.USER, "Who asks.")
    async def me(self, info: Info) -> str:
        """The caller's id."""
        return info.context.known.subject


class Mutations:
    """What can be changed here."""

    @mutation(Role.ADMIN, "Run an asset and what follows it.", LaunchResult)
    async def rematerialize(
        self,
        info: Info,
        experiment: Annotated[str, strawberry.argument(description="Its name.")],
    ) -> Launched:
        """Queues a run."""
        info.context.note(experiment)
        launches = info.context.services.launches
        return await in_thread(launches.rematerialize, experiment, "leaderboards", info.context.known.subject)


class Subscriptions:
    """What can be followed here."""

    @subscription(Role.ADMIN, "A run's steps.", Progress)
    async def run_progress(
        self,
        info: Info,
        run_id: Annotated[strawberry.ID, strawberry.argument(description="The run.")],
        after: Annotated[str | None, strawberry.argument(description="Only what follows this cursor.")] = None,
    ) -> AsyncIterator[ProgressEvent]:
        """Until the run has ended."""
        while True:
            for event in await in_thread(info.context.services.launches.events, run_id, after):
                yield event
                after = event.cursor
                if event.kind == "ended":
                    return
            await asyncio.sleep(0.1)


def example_schema() -> AdminSchema:
    """Built anew; a process that serves builds it once."""
    return build_schema([Queries], [Mutations], [Subscriptions], types=[Experiment, User])
