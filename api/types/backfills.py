"""Backfills: several experiments materialized together."""

from typing import Annotated

import strawberry

from api.connection import After, Connection, First, connection_of, request_of
from api.context import Info, in_thread
from api.failures import AnyFailure
from api.fields import mutation, query
from api.types.node import accepts
from contracts.access.caller import Role
from contracts.benchmark.launches import BackfillView


@strawberry.type(description="Runs launched together, one an experiment.")
class Backfill:
    """Shows contracts.benchmark.launches.BackfillView."""

    is_type_of = accepts(BackfillView)

    id: str = strawberry.field(description="Its id.")
    source: str = strawberry.field(description="tipbench, or dagster for Dagit's own.")
    status: str = strawberry.field(description="How far it is.")
    created_at: str = strawberry.field(description="ISO 8601 in UTC.")
    experiments: list[str] = strawberry.field(description="Names of the experiments.")
    n_done: int = strawberry.field(description="Runs that ended well.")
    n_failed: int = strawberry.field(description="Runs that did not.")


BackfillResult = Annotated[
    Backfill | AnyFailure, strawberry.union("BackfillResult", description="The queued runs, or why there are none.")
]


class BackfillQueries:
    """Root fields of the query."""

    @query(Role.ADMIN, "Backfills of this API and of Dagit, newest first.", gives=Connection[Backfill])
    async def backfills(self, info: Info, first: First = 50, after: After = None) -> Connection[BackfillView]:
        """Return a page of backfills, newest first."""
        request = request_of("backfills", first, after)
        return connection_of(await in_thread(info.context.services.launches.backfills, request), request)


class BackfillMutations:
    """Root fields of the mutation."""

    @mutation(Role.ADMIN, "Queue a run of the whole chain for each of these experiments.", gives=BackfillResult)
    async def backfill(
        self,
        info: Info,
        experiments: Annotated[
            list[str], strawberry.argument(description="Pinned names, 100 at most; a repeated one counts once.")
        ],
    ) -> BackfillView:
        """Queue a run for each experiment; all names are validated before the first is queued."""
        made = await in_thread(info.context.services.launches.backfill, experiments, info.context.known.subject)
        info.context.note(target=made.id, after={"runs": str(len(made.experiments))})
        return made
