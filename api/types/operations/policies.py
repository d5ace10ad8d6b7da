"""Policies that draw tips: promotions on record, their trial, and what is paused."""

from enum import Enum
from typing import Annotated

import strawberry

from api.context import Info, in_thread
from api.enums import described
from api.failures import AnyFailure
from api.fields import mutation, query
from api.types.node import accepts
from contracts.access.caller import Role
from contracts.tips import policy_administration as contract


@described(
    "What an admin decided of the policies.",
    FIRST="Nothing yet: the policy of the settings draws.",
    PROMOTED="A policy draws for a share of users, or for all.",
    ROLLED_BACK="What drew before draws again.",
    STOPPED="Every eligible arm is drawn equally often.",
)
class PromotionKind(Enum):
    """See contracts.tips.policy_administration.PromotionKind."""

    FIRST = "first"
    PROMOTED = "promoted"
    ROLLED_BACK = "rolled_back"
    STOPPED = "stopped"


@described("What of the catalog of tips is paused.", TIP="One tip, by its id.", CELL="A cell, by MODEL/PROMPT.")
class PausedThing(Enum):
    """See contracts.tips.policy_administration.PauseKind."""

    TIP = "tip"
    CELL = "cell"


@described(
    "What a guardrail says of the canary.",
    WORSE="It is higher by more than is allowed, at whatever time one looks.",
    BETTER="It is lower, at whatever time one looks.",
    UNDECIDED="Neither is sure.",
)
class GuardrailVerdict(Enum):
    """See contracts.tips.policy_administration.GuardrailVerdict."""

    WORSE = "worse"
    BETTER = "better"
    UNDECIDED = "undecided"


@described(
    "What a guardrail's numbers are.", SHARE="A share of users, from 0 to 1.", MILLISECONDS="A mean, in milliseconds."
)
class GuardrailUnit(Enum):
    """See contracts.tips.policy_evaluation.GuardrailUnit."""

    SHARE = "share"
    MILLISECONDS = "milliseconds"


@strawberry.type(description="A policy as it is configured.")
class TipPolicy:
    """Shows contracts.tips.policy_administration.PolicyText."""

    is_type_of = accepts(contract.PolicyText)

    name: str = strawberry.field(description="Its kind.")
    hash: str = strawberry.field(description="Equal for equal policies; each decision names it.")
    configuration: str = strawberry.field(description="All its fields as JSON, also those left to defaults.")


@strawberry.type(description="What draws tips from its time on, while it is the newest.")
class PolicyPromotion:
    """Shows contracts.tips.policy_administration.Promotion."""

    is_type_of = accepts(contract.Promotion)

    version: int = strawberry.field(description="Grows by one; 0 is the policy of the settings.")
    kind: PromotionKind = strawberry.field(description="What was decided.")
    at: str | None = strawberry.field(description="ISO 8601 in UTC; null for the policy of the settings.")
    by: str = strawberry.field(description="Id of the admin; empty for the settings, and once that admin was erased.")
    reason: str = strawberry.field(description="In the admin's words.")
    policy: TipPolicy = strawberry.field(description="What draws for all users but the canary's.")
    canary: TipPolicy | None = strawberry.field(description="What is on trial; null where nothing is.")
    share: float = strawberry.field(description="Share of users for whom the canary draws, 0 to 1.")


@strawberry.type(description="A tip or cell of which nothing is drawn until it is resumed.")
class TipPause:
    """Shows contracts.tips.policy_administration.TipPause."""

    is_type_of = accepts(contract.TipPause)

    kind: PausedThing = strawberry.field(description="What it is.")
    name: str = strawberry.field(description="The tip's id, or the cell as MODEL/PROMPT.")
    at: str = strawberry.field(description="ISO 8601 in UTC.")
    by: str = strawberry.field(description="Id of the admin; empty once that admin was erased.")
    reason: str = strawberry.field(description="In the admin's words.")


@strawberry.type(description="What a canary must not make worse, as a mean of users' first decisions in both parts.")
class PolicyGuardrail:
    """Shows contracts.tips.policy_administration.Guardrail."""

    is_type_of = accepts(contract.Guardrail)

    name: str = strawberry.field(
        description="dismissed, kind hidden, unsubscribed, fallback, nothing eligible, or time to decide."
    )
    unit: GuardrailUnit = strawberry.field(description="Of all its numbers.")
    allowed: float = strawberry.field(description="How much higher the canary's may be.")
    canary: float | None = strawberry.field(description="Of the canary's users; null where there is none.")
    others: float | None = strawberry.field(description="Of the other users; null where there is none.")
    low: float | None = strawberry.field(description="Lower end of the difference; null where it is not estimable.")
    high: float | None = strawberry.field(description="Upper end of the difference; null where it is not estimable.")
    verdict: GuardrailVerdict = strawberry.field(description="What the interval says.")


@strawberry.type(description="How the trial of a canary stands, since its promotion.")
class CanaryReport:
    """Shows contracts.tips.policy_administration.CanaryReport."""

    is_type_of = accepts(contract.CanaryReport)

    promotion: PolicyPromotion = strawberry.field(description="The one in force.")
    canary_users: int = strawberry.field(description="Users for whom the canary drew over a day ago.")
    other_users: int = strawberry.field(description="Users for whom the other policy did.")
    simulated_users: int = strawberry.field(description="Of all of them, those whom a program plays: no people.")
    ratio_p: float = strawberry.field(description="Chi-square p that users were dealt by the share.")
    refused: str | None = strawberry.field(description="Why nothing is estimated; null where it is.")
    guardrails: list[PolicyGuardrail] = strawberry.field(description="By confidence sequences, honest at every look.")


PromotionResult = Annotated[
    PolicyPromotion | AnyFailure, strawberry.union("PromotionResult", description="What draws now, or why not.")
]
PauseResult = Annotated[
    TipPause | AnyFailure, strawberry.union("PauseResult", description="What is or was paused, or why not.")
]
ReasonArgument = Annotated[str, strawberry.argument(description="For the record, at most 500 characters.")]
ThingArgument = Annotated[PausedThing, strawberry.argument(description="A tip or a cell.")]
NameArgument = Annotated[str, strawberry.argument(description="The tip's id, or the cell as MODEL/PROMPT.")]


class PolicyQueries:
    """Root fields of the query."""

    @query(
        Role.ADMIN,
        "Promotions of policies, the one in force first; the last is the policy of the settings.",
        gives=list[PolicyPromotion],
        weight=150,
        rows=contract.MOST_PROMOTIONS,
    )
    async def policies(self, info: Info) -> list[contract.Promotion]:
        """Return at most 200 of them."""
        return list(await in_thread(info.context.services.policies.promotions))

    @query(
        Role.ADMIN, "How the trial of the canary stands; null without one.", gives=CanaryReport | None, weight=30_000
    )
    async def canary_report(self, info: Info) -> contract.CanaryReport | None:
        """Return the report of the promotion in force."""
        return await in_thread(info.context.services.policies.canary_report)

    @query(
        Role.ADMIN,
        "Tips and cells that are paused, newest first.",
        gives=list[TipPause],
        weight=150,
        rows=contract.MOST_PAUSES,
    )
    async def tip_pauses(self, info: Info) -> list[contract.TipPause]:
        """Return at most 1,000 of them."""
        return list(await in_thread(info.context.services.policies.pauses))


class PolicyMutations:
    """Root fields of the mutation; audit rows have hashes of policies and versions, never a reason."""

    @mutation(
        Role.ADMIN,
        "Let a policy draw tips for a share of users, or for all of them.",
        gives=PromotionResult,
        weight=500,
    )
    async def promote_policy(
        self,
        info: Info,
        policy: Annotated[str, strawberry.argument(description="A table of TOML, such as kind = 'thompson'.")],
        reason: ReasonArgument,
        share: Annotated[float, strawberry.argument(description="Above 0; below 1 it is a trial.")] = 1.0,
    ) -> contract.Promotion:
        """Let a policy draw, in force for the next request; users of a trial stay in their part."""
        policies, by = info.context.services.policies, info.context.known.subject
        return _noted(info, await in_thread(policies.promote, policy, share, reason, by))

    @mutation(
        Role.ADMIN, "Let what drew before draw again, from the next request on.", gives=PromotionResult, weight=500
    )
    async def roll_back_policy(self, info: Info, reason: ReasonArgument) -> contract.Promotion:
        """Roll the promotion in force back; raise Conflict where there is none."""
        policies, by = info.context.services.policies, info.context.known.subject
        return _noted(info, await in_thread(policies.roll_back, reason, by))

    @mutation(
        Role.ADMIN,
        "Draw every eligible arm equally often, from the next request on, whatever was learnt.",
        gives=PromotionResult,
        weight=500,
    )
    async def stop_policies(self, info: Info, reason: ReasonArgument) -> contract.Promotion:
        """Stop policies and their trial; rolling back starts them again."""
        policies, by = info.context.services.policies, info.context.known.subject
        return _noted(info, await in_thread(policies.stop_policies, reason, by))

    @mutation(Role.ADMIN, "Draw nothing of a tip or cell, from the next request on.", gives=PauseResult, weight=350)
    async def pause_tips(
        self, info: Info, kind: ThingArgument, name: NameArgument, reason: ReasonArgument
    ) -> contract.TipPause:
        """Have nothing drawn of a tip or cell; raise NotFound for what the catalog does not have."""
        info.context.note(target=name)
        policies, by = info.context.services.policies, info.context.known.subject
        return await in_thread(policies.pause_tips, contract.PauseKind(kind.value), name, reason, by)

    @mutation(Role.ADMIN, "Let a tip or cell be drawn again.", gives=PauseResult, weight=350)
    async def resume_tips(self, info: Info, kind: ThingArgument, name: NameArgument) -> contract.TipPause:
        """End a pause and return it; raise NotFound where there is none."""
        info.context.note(target=name)
        return await in_thread(info.context.services.policies.resume_tips, contract.PauseKind(kind.value), name)


def _noted(info: Info, made: contract.Promotion) -> contract.Promotion:
    canary = {} if made.canary is None else {"canary": made.canary.hash, "share": f"{made.share:g}"}
    info.context.note(target=made.policy.hash, after={"version": str(made.version), "kind": made.kind.value, **canary})
    return made
