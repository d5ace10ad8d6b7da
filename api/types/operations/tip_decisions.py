"""What policies learnt of each arm, and why a tip was served; nothing of its user."""

from typing import Annotated

import strawberry

from api.context import Info, in_thread
from api.fields import query
from api.types.node import accepts
from api.types.operations.policies import TipPolicy
from contracts.access.caller import Role
from contracts.tips import policy_administration as contract


@strawberry.type(description="What was learnt of an arm, which is a cell.")
class PolicyArm:
    """Shows contracts.tips.policy_administration.ArmState."""

    is_type_of = accepts(contract.ArmState)

    model: str = strawberry.field(description="Of the cell.")
    prompt: str = strawberry.field(description="Of the cell.")
    served: int = strawberry.field(description="Tips of it that were served in the last year.")
    shown: int = strawberry.field(description="Of these, those that users were shown.")
    acted: int = strawberry.field(description="Of those shown, the ones that users acted on in time.")
    mean: float = strawberry.field(description="Mean of the posterior of its rate of reward.")
    low: float = strawberry.field(description="Lower end of its central 95 % interval.")
    high: float = strawberry.field(description="Upper end of its central 95 % interval.")
    score: float | None = strawberry.field(description="The leaderboard's, 0 to 1, a weak prior; null without one.")
    share: float | None = strawberry.field(description="Its part of all tips served; null where there are none.")
    shown_share: float | None = strawberry.field(description="Part of its tips that was shown; null without tips.")


@strawberry.type(description="The state that a policy draws with now.")
class TipPolicyState:
    """Shows contracts.tips.policy_administration.PolicyStateView."""

    is_type_of = accepts(contract.PolicyStateView)

    policy: TipPolicy = strawberry.field(description="What draws with it.")
    version: int | None = strawberry.field(description="Grows with each change; null before the first draw.")
    arms: list[PolicyArm] = strawberry.field(description="By name; those of the catalog, and others that were served.")


@strawberry.type(description="An arm that could be drawn, and how likely that was.")
class EligibleArm:
    """Shows contracts.tips.policy_administration.ArmChance."""

    is_type_of = accepts(contract.ArmChance)

    model: str = strawberry.field(description="Of the cell.")
    prompt: str = strawberry.field(description="Of the cell.")
    probability: float = strawberry.field(description="At the first place.")


@strawberry.type(description="An arm that could not be drawn, and why.")
class DroppedArm:
    """Shows contracts.tips.policy_administration.DroppedArm."""

    is_type_of = accepts(contract.DroppedArm)

    model: str = strawberry.field(description="Of the cell.")
    prompt: str = strawberry.field(description="Of the cell.")
    rule: str = strawberry.field(description="Its code.")
    says: str = strawberry.field(description="The rule in a sentence.")


@strawberry.type(description="A tip at its place, and what became of it.")
class DecidedTip:
    """Shows contracts.tips.policy_administration.ServedPlace."""

    is_type_of = accepts(contract.ServedPlace)

    place: int = strawberry.field(description="From 0.")
    tip: str = strawberry.field(description="Id of the tip; its text is sealed.")
    model: str = strawberry.field(description="Of its cell.")
    prompt: str = strawberry.field(description="Of its cell.")
    propensity: float = strawberry.field(description="Probability of its arm there, given the places before.")
    source: str | None = strawberry.field(description="Of its text: ahead, judged or template; null in old ones.")
    shown_at: str | None = strawberry.field(description="ISO 8601 in UTC; null where it was not.")
    acted_at: str | None = strawberry.field(description="ISO 8601 in UTC; null where nobody did.")
    dismissed: bool = strawberry.field(description="Whether its user does not want it again.")


@strawberry.type(description="Why tips were served: all that their draw follows from, without their user.")
class TipDecision:
    """Shows contracts.tips.policy_administration.DecisionView."""

    is_type_of = accepts(contract.DecisionView)

    id: str = strawberry.field(description="As it was answered.")
    made_at: str = strawberry.field(description="ISO 8601 in UTC.")
    surface: str = strawberry.field(description="home, page, push or email.")
    area: str | None = strawberry.field(description="Of the context; null where it had none.")
    hour_band: str | None = strawberry.field(description="night, morning, afternoon or evening of the user.")
    weekday: str | None = strawberry.field(description="Of the user, in English.")
    locale: str | None = strawberry.field(description="Language of the context; null where it had none.")
    policy: str = strawberry.field(description="Its kind.")
    policy_hash: str = strawberry.field(description="That of its configuration.")
    promotion: int | None = strawberry.field(description="Version of the promotion in force; null in old ones.")
    state_version: int | None = strawberry.field(description="Version of the state it drew from; null in old ones.")
    state_hash: str | None = strawberry.field(description="Hash of counts and scores; null in old ones.")
    seed: str = strawberry.field(description="A whole number of up to 63 bits.")
    fallback: bool = strawberry.field(description="Whether templates served.")
    took_ms: float | None = strawberry.field(description="From the request to its row; null in old ones.")
    arms: list[EligibleArm] = strawberry.field(description="What could be drawn, by name.")
    dropped: list[DroppedArm] = strawberry.field(description="What could not, by name.")
    tips: list[DecidedTip] = strawberry.field(description="In the order of their places.")


class TipDecisionQueries:
    """Root fields of the query."""

    @query(
        Role.ADMIN,
        "What the policy in force learnt of each arm, and then the canary where one is.",
        gives=list[TipPolicyState],
        weight=30_000,
        rows=2,
    )
    async def policy_state(self, info: Info) -> list[contract.PolicyStateView]:
        """Return one state, or two while a canary draws."""
        return list(await in_thread(info.context.services.policies.policy_states))

    @query(Role.ADMIN, "Why the tips of a decision were served.", gives=TipDecision, weight=150)
    async def decision(
        self,
        info: Info,
        id: Annotated[str, strawberry.argument(description="Id of the decision.")],  # noqa: A002  # the schema's word
    ) -> contract.DecisionView:
        """Return a decision without its user; raise NotFound."""
        return await in_thread(info.context.services.policies.decision_view, id)
