"""The admin schema: the list of its nouns, and `node` over the types that have global ids."""

from functools import lru_cache
from typing import Annotated, Any

import strawberry

from api.context import ApiContext, Info
from api.fields import query
from api.schema import AdminSchema, build_schema
from api.types.audit import AuditQueries
from api.types.authoring.previews import PreviewQueries
from api.types.authoring.trials import TrialMutations, TrialQueries
from api.types.backfills import BackfillMutations, BackfillQueries
from api.types.catalog import CatalogMutations, CatalogQueries
from api.types.checks import CheckQueries
from api.types.choosing.choices import ChoiceMutations, ChoiceQueries
from api.types.choosing.hand_overs import HandOverMutations
from api.types.choosing.pages import ChoicePageMutations
from api.types.experiments import Experiment, ExperimentMutations, ExperimentQueries, experiments_by_name
from api.types.judges.agreement import AgreementQueries
from api.types.judges.flags import FlagMutations, FlagQueries
from api.types.judges.trial import JudgeTrialMutations
from api.types.launch import LaunchMutations, LaunchQueries
from api.types.leaderboard import LeaderboardQueries
from api.types.node import Node, find_node
from api.types.operations.connections import ConnectionQueries
from api.types.operations.dead_letters import DeadLetterMutations, DeadLetterQueries
from api.types.operations.deliveries import DeliveryMutations, DeliveryQueries
from api.types.operations.health import HealthQueries
from api.types.operations.policies import PolicyMutations, PolicyQueries
from api.types.operations.policy_evaluation import PolicyEvaluationQueries
from api.types.operations.policy_reports import PolicyReportQueries
from api.types.operations.push_keys import PushKeyQueries
from api.types.operations.suppressions import SuppressionMutations, SuppressionQueries
from api.types.operations.tip_decisions import TipDecisionQueries
from api.types.operations.user_data import UserDataMutations, UserDataQueries
from api.types.operations.webhooks import WebhookMutations, WebhookQueries
from api.types.rounds import RoundMutations, RoundQueries
from api.types.runs import RunMutations, RunQueries, RunSubscriptions
from api.types.tips.candidates import CandidateQueries
from api.types.tips.judged import TipQueries
from api.types.updates import UpdateSubscriptions
from api.types.users import UserMutations, UserQueries
from contracts.access.caller import Role
from contracts.benchmark.experiments import ExperimentView

QUERIES = (
    ExperimentQueries,
    RunQueries,
    CandidateQueries,
    TipQueries,
    LeaderboardQueries,
    ChoiceQueries,
    RoundQueries,
    FlagQueries,
    AgreementQueries,
    LaunchQueries,
    CatalogQueries,
    PreviewQueries,
    TrialQueries,
    BackfillQueries,
    CheckQueries,
    AuditQueries,
    UserQueries,
    DeadLetterQueries,
    UserDataQueries,
    DeliveryQueries,
    PushKeyQueries,
    ConnectionQueries,
    SuppressionQueries,
    PolicyQueries,
    PolicyReportQueries,
    PolicyEvaluationQueries,
    TipDecisionQueries,
    WebhookQueries,
    HealthQueries,
)
MUTATIONS = (
    LaunchMutations,
    RunMutations,
    BackfillMutations,
    RoundMutations,
    FlagMutations,
    ExperimentMutations,
    ChoiceMutations,
    ChoicePageMutations,
    HandOverMutations,
    CatalogMutations,
    TrialMutations,
    JudgeTrialMutations,
    UserMutations,
    DeadLetterMutations,
    UserDataMutations,
    DeliveryMutations,
    SuppressionMutations,
    PolicyMutations,
    WebhookMutations,
)
SUBSCRIPTIONS = (RunSubscriptions, UpdateSubscriptions)


async def _experiment(context: ApiContext, key: str) -> ExperimentView | None:
    return await context.load(experiments_by_name, key)


class NodeQueries:
    """The query's root field for any object with a global id."""

    @query(Role.USER, "The object of a global id; its type's own role is asked.", gives=Node | None)
    async def node(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="A global id.")],  # noqa: A002  # Relay's word
    ) -> Any:
        """Return the object of a global id, None when there is none; raise InvalidId for an id that is not one."""
        return await find_node(info.context, {Experiment: _experiment}, id)


@lru_cache(maxsize=1)
def admin_schema() -> AdminSchema:
    """Return the admin schema, built once a process, because its classes cannot be put together twice."""
    return build_schema((*QUERIES, NodeQueries), MUTATIONS, SUBSCRIPTIONS, types=(Experiment,))
