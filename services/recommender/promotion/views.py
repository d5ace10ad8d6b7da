"""What admins see of states and decisions: counts and posteriors by arm, and why a tip was served."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from contracts.refusals import NotFound
from contracts.tips.policy_administration import (
    ArmChance,
    ArmState,
    DecisionView,
    DroppedArm,
    PolicyStateView,
    ServedPlace,
)
from core.policies.configuration import Policy
from core.policies.posteriors import posteriors
from core.policies.state import ArmCounts, PolicyState
from kit.times import iso, iso_of_milliseconds
from services.recommender.drawing.eligibility import rule_says
from services.recommender.learning.states import stored
from services.recommender.promotion.plans import text_of
from services.recommender.promotion.typed_text import is_storable
from services.recommender.tables import DECISIONS, SERVED

NEVER_SHOWN = ArmCounts()
_DECISION = sa.select(DECISIONS).where(DECISIONS.c.id == sa.bindparam("which"))
_PLACES = sa.select(SERVED).where(SERVED.c.decision == sa.bindparam("which")).order_by(SERVED.c.place)
_BY_ARM = sa.select(SERVED.c.arm, sa.func.count().label("served")).group_by(SERVED.c.arm)


def served_by_arm(connection: sa.Connection) -> dict[str, int]:
    """Return how many tips of each arm were served."""
    return {row.arm: row.served for row in connection.execute(_BY_ARM)}


def state_view(
    connection: sa.Connection, policy: Policy, arms: set[str], scores: Mapping[str, float], served: Mapping[str, int]
) -> PolicyStateView:
    """Return the state that a policy draws with: the catalog's `arms`, and others that were served, by name."""
    version, counts = stored(connection, policy) or (None, {})
    names = sorted(arms | set(served))
    found = posteriors(policy, names, PolicyState(counts, scores))
    total = sum(served.values())
    return PolicyStateView(
        policy=text_of(policy),
        version=version,
        arms=[
            ArmState(
                **_cell(arm),
                served=(tips := served.get(arm, 0)),
                shown=(own := counts.get(arm, NEVER_SHOWN)).shown,
                acted=own.acted,
                mean=known.mean,
                low=known.low,
                high=known.high,
                score=scores.get(arm),
                share=tips / total if total else None,
                shown_share=own.shown / tips if tips else None,
            )
            for arm, known in zip(names, found, strict=True)
        ],
    )


def decision_view(connection: sa.Connection, decision: str) -> DecisionView:
    """Return what the log has of a decision; raise NotFound."""
    row = connection.execute(_DECISION, {"which": decision}).first() if is_storable(decision) else None
    if row is None:
        raise NotFound("there is no decision of this id: it may be over a year old, or its user was erased", ("id",))
    return DecisionView(
        id=row.id,
        made_at=iso(row.made_at),
        surface=row.surface,
        area=row.area,
        hour_band=row.hour_band,
        weekday=row.weekday,
        locale=row.locale,
        policy=row.policy,
        policy_hash=row.policy_hash,
        promotion=row.promotion,
        state_version=row.state_version,
        state_hash=row.state_hash,
        seed=str(row.seed),
        fallback=row.fallback,
        took_ms=row.took_ms,
        arms=[ArmChance(**_cell(arm), probability=chance) for arm, chance in sorted(row.arms.items())],
        dropped=[
            DroppedArm(**_cell(arm), rule=code, says=rule_says(code)) for arm, code in sorted(row.left_out.items())
        ],
        tips=[_place(each) for each in connection.execute(_PLACES, {"which": decision})],
    )


def _place(row: Any) -> ServedPlace:
    return ServedPlace(
        place=row.place,
        tip=row.tip,
        **_cell(row.arm),
        propensity=row.propensity,
        source=row.source or None,
        shown_at=iso_of_milliseconds(row.shown_at),
        acted_at=iso_of_milliseconds(row.acted_at),
        dismissed=row.hides != "",
    )


def _cell(arm: str) -> dict[str, str]:
    model, _, prompt = arm.rpartition("/")  # a model may have slashes in its name
    return {"model": model, "prompt": prompt}
