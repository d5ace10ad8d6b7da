"""Promotions as they are stored, each with all that draws while it is the newest."""

import tomllib
from dataclasses import dataclass, replace
from typing import Any

import msgspec
import sqlalchemy as sa

from contracts.refusals import Conflict, InvalidInput
from contracts.tips.policy_administration import (
    LONGEST_POLICY,
    LONGEST_REASON,
    MOST_PROMOTIONS,
    PolicyText,
    Promotion,
    PromotionKind,
)
from core.policies.assignment import in_canary
from core.policies.configuration import BadPolicy, Policy, RandomPolicy, policy_hash, policy_values, read_policy
from kit.times import iso
from services.recommender.learning.states import begun, stored
from services.recommender.promotion.typed_text import is_storable
from services.recommender.tables import PROMOTIONS

NOTHING_BEFORE = -1
_NEWEST = sa.select(PROMOTIONS).order_by(PROMOTIONS.c.version.desc()).limit(1)
_ALL = sa.select(PROMOTIONS).order_by(PROMOTIONS.c.version.desc()).limit(MOST_PROMOTIONS)
_ONE = sa.select(PROMOTIONS).where(PROMOTIONS.c.version == sa.bindparam("which"))


@dataclass(frozen=True, kw_only=True)
class ServingPlan:
    """A promotion: what draws, and for whom; `before` is the version that a roll-back returns to."""

    version: int
    kind: PromotionKind
    at: float
    by: str
    reason: str
    policy: Policy
    canary: Policy | None
    share: float
    before: int

    def policy_for(self, user: str) -> Policy:
        """Return the policy that draws for a user, the same as long as canary and share are."""
        if self.canary is not None and in_canary(user, policy_hash(self.canary), self.share):
            return self.canary
        return self.policy

    @property
    def view(self) -> Promotion:
        """Return what admins see of it."""
        return Promotion(
            version=self.version,
            kind=self.kind,
            at=iso(self.at) if self.version else None,
            by=self.by,
            reason=self.reason,
            policy=text_of(self.policy),
            canary=None if self.canary is None else text_of(self.canary),
            share=self.share,
        )


def text_of(policy: Policy) -> PolicyText:
    """Return what admins see of a policy."""
    return PolicyText(policy.kind, policy_hash(policy), msgspec.json.encode(policy_values(policy)).decode())


def first_plan(policy: Policy) -> ServingPlan:
    """Return the plan of the settings' policy, which holds until there is a promotion."""
    reason = "[recommender] of tipbench.toml"
    return ServingPlan(
        version=0,
        kind=PromotionKind.FIRST,
        at=0.0,
        by="",
        reason=reason,
        policy=policy,
        canary=None,
        share=0.0,
        before=NOTHING_BEFORE,
    )


def plan_in_force(connection: sa.Connection, first: ServingPlan) -> ServingPlan:
    """Return the newest promotion, the `first` plan where there is none."""
    row = connection.execute(_NEWEST).first()
    return first if row is None else _plan_of(row)


def plans(connection: sa.Connection, first: ServingPlan) -> list[ServingPlan]:
    """Return the newest promotions, that in force first, and the `first` plan where all are there."""
    rows = connection.execute(_ALL).all()
    found = [_plan_of(row) for row in rows]
    return found if len(found) == MOST_PROMOTIONS else [*found, first]


def promoted(
    connection: sa.Connection, first: ServingPlan, policy: Policy, share: float, reason: str, by: str, now: float
) -> ServingPlan:
    """Store that a policy draws for a share of users, of all of them for 1; raise Conflict if that is so already."""
    plan = plan_in_force(connection, first)
    before = plan.version if plan.canary is None else plan.before
    if share < 1:
        if policy_hash(policy) == policy_hash(plan.policy):
            raise Conflict("this policy draws for all users already: a trial would compare it with itself", ("policy",))
        if plan.canary == policy and plan.share == share:
            raise Conflict("this policy draws for that share of users already", ("share",))
        after = replace(plan, canary=policy, share=share)
    else:
        if plan.canary is None and plan.policy == policy:
            raise Conflict("this policy draws for all users already", ("policy",))
        after = replace(plan, policy=policy, canary=None, share=0.0)
    return _stored(connection, replace(after, kind=PromotionKind.PROMOTED, before=before), plan, reason, by, now)


def rolled_back(connection: sa.Connection, first: ServingPlan, reason: str, by: str, now: float) -> ServingPlan:
    """Store that what drew before the promotion in force draws again; raise Conflict where nothing did."""
    plan = plan_in_force(connection, first)
    if plan.before == NOTHING_BEFORE:
        raise Conflict("there is no promotion to roll back", ())
    row = connection.execute(_ONE, {"which": plan.before}).first()
    after = replace(first if row is None else _plan_of(row), kind=PromotionKind.ROLLED_BACK)
    return _stored(connection, after, plan, reason, by, now)


def stopped(connection: sa.Connection, first: ServingPlan, reason: str, by: str, now: float) -> ServingPlan:
    """Store that every eligible arm is drawn equally often for all users; raise Conflict where that is so already."""
    plan = plan_in_force(connection, first)
    if isinstance(plan.policy, RandomPolicy) and plan.canary is None:
        raise Conflict("every eligible arm is drawn equally often already: pause what should not be served", ())
    random = RandomPolicy(reward_within_hours=plan.policy.reward_within_hours)
    after = replace(plan, kind=PromotionKind.STOPPED, policy=random, canary=None, share=0.0, before=plan.version)
    return _stored(connection, after, plan, reason, by, now)


def read_toml(text: str) -> Policy:
    """Return the policy that a text of TOML describes; raise InvalidInput with what is wrong in it."""
    if len(text) > LONGEST_POLICY:
        raise InvalidInput(f"the policy has {len(text)} characters: at most {LONGEST_POLICY}", ("policy",))
    if not is_storable(text):
        raise InvalidInput("the policy has a character that is none", ("policy",))
    try:
        return read_policy(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InvalidInput(f"the policy is no TOML: {error}", ("policy",)) from None
    except BadPolicy as error:
        raise InvalidInput(f"policy: {error}", ("policy", *error.path)) from None


def checked_reason(reason: str) -> str:
    """Return a reason without the blanks around it; raise InvalidInput where nothing is left, or too much."""
    text = reason.strip()
    if not 0 < len(text) <= LONGEST_REASON or not is_storable(text):
        raise InvalidInput(f"write a reason of 1 to {LONGEST_REASON} characters, for the record", ("reason",))
    return text


def _stored(
    connection: sa.Connection, after: ServingPlan, plan: ServingPlan, reason: str, by: str, now: float
) -> ServingPlan:
    """Store a plan as the newest, with the states that it draws with, so that no user's request folds a log."""
    made = replace(after, version=plan.version + 1, at=now, reason=reason, by=by)
    for policy in (made.policy, made.canary):
        if policy is not None and stored(connection, policy) is None:
            begun(connection, policy)
    canary = {} if made.canary is None else policy_values(made.canary)
    row = {
        "version": made.version,
        "kind": made.kind.value,
        "at": made.at,
        "by": by,
        "reason": reason,
        "policy": policy_values(made.policy),
        "policy_hash": policy_hash(made.policy),
        "canary": canary,
        "canary_hash": "" if made.canary is None else policy_hash(made.canary),
        "share": made.share,
        "before": made.before,
    }
    connection.execute(PROMOTIONS.insert(), row)
    return made


def _plan_of(row: Any) -> ServingPlan:
    return ServingPlan(
        version=row.version,
        kind=PromotionKind(row.kind),
        at=row.at,
        by=row.by,
        reason=row.reason,
        policy=read_policy(row.policy),
        canary=read_policy(row.canary) if row.canary else None,
        share=row.share,
        before=row.before,
    )
