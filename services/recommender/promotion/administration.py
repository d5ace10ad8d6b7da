"""What admins see and decide of policies, on the recommender's store."""

from collections.abc import Callable, Sequence

import sqlalchemy as sa

from contracts.refusals import InvalidInput
from contracts.tips.catalog import TipCatalog
from contracts.tips.policy_administration import (
    CanaryReport,
    DecisionView,
    PauseKind,
    PolicyStateView,
    Promotion,
    TipPause,
)
from contracts.tips.policy_evaluation import EvaluatedPolicy
from kit.sql.store import Store
from services.recommender.promotion import pauses as paused
from services.recommender.promotion.canary import canary_report
from services.recommender.promotion.estimates import policy_evaluation
from services.recommender.promotion.plans import (
    ServingPlan,
    checked_reason,
    plan_in_force,
    plans,
    promoted,
    read_toml,
    rolled_back,
    stopped,
)
from services.recommender.promotion.promotion_events import PromotionEvents
from services.recommender.promotion.views import decision_view, served_by_arm, state_view

LEAST_SHARE = 0.001


class PolicyDecisions:
    """Implements contracts.tips.policy_administration.PolicyAdministration.

    `first` is the plan of the settings, `catalog()` what is served from, `now()` Unix seconds; each promotion is
    published by `events`.
    """

    def __init__(
        self,
        store: Store,
        first: ServingPlan,
        catalog: Callable[[], TipCatalog],
        now: Callable[[], float],
        events: PromotionEvents,
    ) -> None:
        self._policy_store, self._first, self._tips, self._time = store, first, catalog, now
        self._events = events

    def promotions(self) -> Sequence[Promotion]:
        """Return the newest promotions, that in force first."""
        with self._policy_store.reading() as connection:
            return [plan.view for plan in plans(connection, self._first)]

    def policy_states(self) -> Sequence[PolicyStateView]:
        """Return the states, that of the policy in force first."""
        catalog = self._tips()
        arms = {cell.arm for cell in catalog.cells}
        with self._policy_store.reading() as connection:
            plan, served = plan_in_force(connection, self._first), served_by_arm(connection)
            drawing = [policy for policy in (plan.policy, plan.canary) if policy is not None]
            return [state_view(connection, policy, arms, catalog.scores, served) for policy in drawing]

    def decision_view(self, decision: str) -> DecisionView:
        """Return a decision without its user; raise NotFound."""
        with self._policy_store.reading() as connection:
            return decision_view(connection, decision)

    def canary_report(self) -> CanaryReport | None:
        """Return the report of the promotion in force, None without a canary."""
        with self._policy_store.reading() as connection:
            return canary_report(connection, plan_in_force(connection, self._first), self._time())

    def evaluate_policy(self, policy: str) -> EvaluatedPolicy:
        """Return what a policy would have earned on settled decisions; raise InvalidInput."""
        read, scores = read_toml(policy), self._tips().scores
        with self._policy_store.snapshot() as connection:
            return policy_evaluation(connection, read, scores, self._time())

    def promote(self, policy: str, share: float, reason: str, by: str) -> Promotion:
        """Let a policy draw for a share of users from now on; raise InvalidInput, Conflict."""
        read, said = read_toml(policy), checked_reason(reason)
        if not LEAST_SHARE <= share <= 1:
            raise InvalidInput(f"the share is {share:g}: use a number from {LEAST_SHARE} to 1", ("share",))
        return self._on_record(lambda connection, now: promoted(connection, self._first, read, share, said, by, now))

    def roll_back(self, reason: str, by: str) -> Promotion:
        """Let draw again what drew before the promotion in force; raise InvalidInput, Conflict."""
        said = checked_reason(reason)
        return self._on_record(lambda connection, now: rolled_back(connection, self._first, said, by, now))

    def stop_policies(self, reason: str, by: str) -> Promotion:
        """Have every eligible arm drawn equally often for all users; raise InvalidInput, Conflict."""
        said = checked_reason(reason)
        return self._on_record(lambda connection, now: stopped(connection, self._first, said, by, now))

    def pauses(self) -> Sequence[TipPause]:
        """Return all pauses in force, newest first."""
        with self._policy_store.reading() as connection:
            return paused.pauses(connection)

    def pause_tips(self, kind: PauseKind, name: str, reason: str, by: str) -> TipPause:
        """Have nothing drawn of a tip or cell from now on; raise InvalidInput, NotFound, Conflict."""
        said, now = checked_reason(reason), self._time()
        with self._policy_store.writing() as connection:
            return paused.pause(connection, self._tips(), kind, name, said, by, now)

    def resume_tips(self, kind: PauseKind, name: str) -> TipPause:
        """End a pause and return it; raise NotFound."""
        with self._policy_store.writing() as connection:
            return paused.resume(connection, kind, name)

    def _on_record(self, decide: Callable[[sa.Connection, float], ServingPlan]) -> Promotion:
        now = self._time()
        with self._policy_store.writing() as connection:
            made = decide(connection, now).view
            self._events.publish(connection, made)
            return made
