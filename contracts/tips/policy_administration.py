"""What admins see and decide of the policies that draw tips: promotions on record, states, and why a tip was served.

Times are ISO 8601 in UTC. Nothing of a user is in it, neither their id nor what is sealed.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Protocol

import msgspec

from contracts.tips.policy_evaluation import EvaluatedPolicy, GuardrailUnit

LONGEST_REASON, LONGEST_POLICY, MOST_PAUSES, MOST_PROMOTIONS = 500, 4_000, 1_000, 200
"""Characters of a reason and of a policy's TOML, pauses in force at a time, and promotions that are listed."""


class PromotionKind(StrEnum):
    """What an admin decided; FIRST is the policy of the settings, which draws until there is a promotion."""

    FIRST = "first"
    PROMOTED = "promoted"
    ROLLED_BACK = "rolled_back"
    STOPPED = "stopped"


class PolicyText(msgspec.Struct, frozen=True):
    """A policy: its kind, the hash of its configuration, and this as JSON."""

    name: str
    hash: str
    configuration: str


class Promotion(msgspec.Struct, frozen=True, kw_only=True):
    """What draws from `at` on, as long as it is the newest: `policy`, and `canary` for a share of users where one is.

    `by` is the admin's id, empty for the policy of the settings and once that admin was erased.
    """

    version: int
    kind: PromotionKind
    at: str | None
    by: str
    reason: str
    policy: PolicyText
    canary: PolicyText | None
    share: float


class ArmState(msgspec.Struct, frozen=True, kw_only=True):
    """What was learnt of an arm: tips `served`, of these `shown`, of these `acted` on in time.

    `mean`, `low` and `high` are of the posterior of its rate, `score` is the leaderboard's, `share` its part of all
    tips that were served, `shown_share` the part of its own that was shown; null where there are none.
    """

    model: str
    prompt: str
    served: int
    shown: int
    acted: int
    mean: float
    low: float
    high: float
    score: float | None
    share: float | None
    shown_share: float | None


class PolicyStateView(msgspec.Struct, frozen=True, kw_only=True):
    """The state that a policy draws with now; `version` is null before its first draw."""

    policy: PolicyText
    version: int | None
    arms: Sequence[ArmState]


class ArmChance(msgspec.Struct, frozen=True):
    """An eligible arm and the probability with which it was drawn at the first place."""

    model: str
    prompt: str
    probability: float


class DroppedArm(msgspec.Struct, frozen=True):
    """An arm that was not eligible: the rule's code, and its sentence."""

    model: str
    prompt: str
    rule: str
    says: str


class ServedPlace(msgspec.Struct, frozen=True, kw_only=True):
    """A tip at its place, the probability with which its arm was drawn there, and what became of it.

    `source` is where its text came from: `ahead`, `judged` or `template`; null in decisions from before it was logged.
    """

    place: int
    tip: str
    model: str
    prompt: str
    propensity: float
    source: str | None
    shown_at: str | None
    acted_at: str | None
    dismissed: bool


class DecisionView(msgspec.Struct, frozen=True, kw_only=True):
    """Why a tip was served: all that a draw follows from, without its user.

    `promotion` is the version of the promotion in force, `state_version` and `state_hash` name what the policy knew;
    `took_ms` is from the request until the row was written; all these are null in decisions from before they were
    logged. `seed` is a whole number of up to 63 bits.
    """

    id: str
    made_at: str
    surface: str
    area: str | None
    hour_band: str | None
    weekday: str | None
    locale: str | None
    policy: str
    policy_hash: str
    promotion: int | None
    state_version: int | None
    state_hash: str | None
    seed: str
    fallback: bool
    took_ms: float | None
    arms: Sequence[ArmChance]
    dropped: Sequence[DroppedArm]
    tips: Sequence[ServedPlace]


class PauseKind(StrEnum):
    """What is paused: one tip by its id, or a cell by its arm, which is model and prompt with a slash between."""

    TIP = "tip"
    CELL = "cell"


class TipPause(msgspec.Struct, frozen=True, kw_only=True):
    """A tip or cell of which nothing is drawn until it is resumed."""

    kind: PauseKind
    name: str
    at: str
    by: str
    reason: str


class GuardrailVerdict(StrEnum):
    """What a guardrail's interval says of the canary: WORSE above what is allowed, BETTER below 0."""

    WORSE = "worse"
    BETTER = "better"
    UNDECIDED = "undecided"


class Guardrail(msgspec.Struct, frozen=True, kw_only=True):
    """A mean in both parts; `low` and `high` are of the canary's minus the other's, at whatever time one looks.

    The canary's may be `allowed` more than the other's before it is worse. Means are null where a part has nobody yet,
    the interval where it is not estimable: users were not dealt as planned, or the difference was another one at other
    times.
    """

    name: str
    unit: GuardrailUnit
    allowed: float
    canary: float | None
    others: float | None
    low: float | None
    high: float | None
    verdict: GuardrailVerdict


class CanaryReport(msgspec.Struct, frozen=True, kw_only=True):
    """The trial of the canary since its promotion: users by part, whether they were dealt as planned, guardrails.

    A user counts once their first decision is a day old; `simulated_users` of all are played by a program. `ratio_p` is
    of the chi-square test that users were dealt by the share; `refused` says why nothing is estimated, null if it is.
    """

    promotion: Promotion
    canary_users: int
    other_users: int
    simulated_users: int
    ratio_p: float
    refused: str | None
    guardrails: Sequence[Guardrail]


Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_REASON)]


class PolicyAdministration(Protocol):
    """What admins may see and do; each call raises contracts.refusals.Unavailable while the database is away."""

    def promotions(self) -> Sequence[Promotion]:
        """Return the newest promotions, that in force first; the last one may be the policy of the settings."""
        ...

    def policy_states(self) -> Sequence[PolicyStateView]:
        """Return the state of the policy in force, and then of the canary where one is."""
        ...

    def decision_view(self, decision: str) -> DecisionView:
        """Return why the tips of a decision were served; raise NotFound."""
        ...

    def canary_report(self) -> CanaryReport | None:
        """Return how the trial of the canary stands, None where no canary draws."""
        ...

    def evaluate_policy(self, policy: str) -> EvaluatedPolicy:
        """Return what a policy, written as TOML, would have earned on settled decisions; raise InvalidInput."""
        ...

    def promote(self, policy: str, share: float, reason: str, by: str) -> Promotion:
        """Let a policy, written as TOML, draw for a share of users from now on, of all of them for 1.

        Raise InvalidInput for what is no policy, share or reason, and Conflict where it would change nothing.
        """
        ...

    def roll_back(self, reason: str, by: str) -> Promotion:
        """Let draw again what drew before the promotion in force; raise Conflict where there is nothing before."""
        ...

    def stop_policies(self, reason: str, by: str) -> Promotion:
        """Have every eligible arm drawn equally often from now on; raise Conflict where that is so already."""
        ...

    def pauses(self) -> Sequence[TipPause]:
        """Return what is paused, newest first."""
        ...

    def pause_tips(self, kind: PauseKind, name: str, reason: str, by: str) -> TipPause:
        """Have nothing drawn of a tip or cell from now on; again it changes the reason.

        Raise InvalidInput for no reason, NotFound for what the catalog does not have, Conflict beyond the most pauses.
        """
        ...

    def resume_tips(self, kind: PauseKind, name: str) -> TipPause:
        """Let a tip or cell be drawn again, and return the pause that ended; raise NotFound where there is none."""
        ...
