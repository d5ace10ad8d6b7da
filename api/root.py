"""The admin schema: the list of its nouns, and `node` over the types that have global ids."""

from functools import lru_cache
from typing import Annotated, Any

import strawberry

from api.audit import AuditQueries
from api.backfills import BackfillMutations, BackfillQueries
from api.candidates import CandidateQueries
from api.catalog import CatalogMutations, CatalogQueries
from api.checks import CheckQueries
from api.context import ApiContext, Info
from api.experiments import Experiment, ExperimentMutations, ExperimentQueries, experiments_by_name
from api.fields import query
from api.launch import LaunchMutations, LaunchQueries
from api.leaderboard import LeaderboardQueries
from api.node import Node, find_node
from api.rounds import RoundMutations, RoundQueries
from api.runs import RunMutations, RunQueries, RunSubscriptions
from api.schema import AdminSchema, build_schema
from api.updates import UpdateSubscriptions
from api.users import UserMutations, UserQueries
from contracts.access import Role
from contracts.experiments import ExperimentFacts

QUERIES = (
    ExperimentQueries,
    RunQueries,
    CandidateQueries,
    LeaderboardQueries,
    RoundQueries,
    LaunchQueries,
    CatalogQueries,
    BackfillQueries,
    CheckQueries,
    AuditQueries,
    UserQueries,
)
MUTATIONS = (
    LaunchMutations,
    RunMutations,
    BackfillMutations,
    RoundMutations,
    ExperimentMutations,
    CatalogMutations,
    UserMutations,
)
SUBSCRIPTIONS = (RunSubscriptions, UpdateSubscriptions)


async def _experiment(context: ApiContext, key: str) -> ExperimentFacts | None:
    return await context.load(experiments_by_name, key)


class NodeQueries:
    """Root fields."""

    @query(Role.USER, "The object of a global id; its type's own role is asked.", gives=Node | None)
    async def node(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="A global id.")],  # noqa: A002  # Relay's word
    ) -> Any:
        """Null when there is none."""
        return await find_node(info.context, {Experiment: _experiment}, id)


@lru_cache(maxsize=1)
def admin_schema() -> AdminSchema:
    """Built once a process: its classes cannot be put together twice."""
    return build_schema((*QUERIES, NodeQueries), MUTATIONS, SUBSCRIPTIONS, types=(Experiment,))
