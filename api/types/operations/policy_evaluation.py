"""What a policy would have earned on the log, before an admin lets it draw."""

from typing import Annotated

import strawberry

from api.context import Info, in_thread
from api.failures import AnyFailure
from api.fields import field, query
from api.types.node import accepts
from api.types.operations.policies import GuardrailUnit
from api.types.operations.policy_reports import PolicyEstimate
from contracts.access.caller import Role
from contracts.tips import policy_evaluation as contract
from core.off_policy import evaluate


@strawberry.type(description="What a policy must not make worse, on the decisions of its estimate; null is not known.")
class EvaluatedGuardrail:
    """Shows contracts.tips.policy_evaluation.EvaluatedGuardrail."""

    is_type_of = accepts(contract.EvaluatedGuardrail)

    name: str = strawberry.field(description="dismissed, unsubscribed within a day, or time to decide.")
    unit: GuardrailUnit = strawberry.field(description="Of all its numbers.")
    served: float | None = strawberry.field(description="As it was.")
    value: float | None = strawberry.field(description="As it would have been, by cross-fitted DR.")
    low: float | None = strawberry.field(description="Lower end of 95 %; null where it is refused.")
    high: float | None = strawberry.field(description="Upper end of 95 %; null where it is refused.")
    refused: str | None = strawberry.field(description="Why it has no interval; null where it has.")


@strawberry.type(description="What users would have done, had a policy drawn the decisions of the log.")
class PolicyEvaluation:
    """Shows contracts.tips.policy_evaluation.EvaluatedPolicy."""

    is_type_of = accepts(contract.EvaluatedPolicy)

    kind: str = strawberry.field(description="Of the policy.")
    hash: str = strawberry.field(description="Of its configuration.")
    since: str = strawberry.field(description="The oldest decision that may be looked at; ISO 8601 in UTC.")
    n: int = strawberry.field(description="Settled decisions whose tip was shown.")
    n_users: int = strawberry.field(description="Users whom they were for.")
    n_simulated: int = strawberry.field(description="Users among them whom a program plays: they are no people.")
    served: float | None = strawberry.field(description="Share of them that was acted on in time; null without any.")
    value: float | None = strawberry.field(description="The policy's share, by cross-fitted DR; null without any.")
    low: float | None = strawberry.field(description="Lower end of 95 %; null where it is refused.")
    high: float | None = strawberry.field(description="Upper end of 95 %; null where it is refused.")
    refused: str | None = strawberry.field(description="Why there is no interval, and what is missing; null with one.")

    @field("By all six estimators.", gives=list[PolicyEstimate], rows=6)
    @staticmethod
    def estimates(root: strawberry.Parent[contract.EvaluatedPolicy]) -> list[evaluate.PolicyEstimate]:
        """Return them in the order in which docs/off-policy.md has them; none without a decision."""
        return list(root.estimates)

    @field("What it must not make worse.", gives=list[EvaluatedGuardrail], rows=3)
    @staticmethod
    def guardrails(root: strawberry.Parent[contract.EvaluatedPolicy]) -> list[contract.EvaluatedGuardrail]:
        """Return shares first, and then times."""
        return list(root.guardrails)


PolicyEvaluationResult = Annotated[
    PolicyEvaluation | AnyFailure,
    strawberry.union("PolicyEvaluationResult", description="The estimate, or what is wrong with the policy."),
]


class PolicyEvaluationQueries:
    """Root fields of the query."""

    @query(
        Role.ADMIN,
        "What a policy would have earned on settled decisions; nothing is written.",
        gives=PolicyEvaluationResult,
        weight=40_000,
    )
    async def policy_evaluation(
        self,
        info: Info,
        policy: Annotated[str, strawberry.argument(description="A table of TOML, such as kind = 'thompson'.")],
    ) -> contract.EvaluatedPolicy:
        """Return the estimates of a policy; raise InvalidInput for what is none."""
        return await in_thread(info.context.services.policies.evaluate_policy, policy)
