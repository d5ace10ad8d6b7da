"""How the trial of a canary stands: users as they were dealt, and guardrails that hold at every look."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from contracts.tips.policy_administration import CanaryReport, Guardrail, GuardrailVerdict
from contracts.tips.policy_evaluation import GuardrailUnit
from contracts.tips.recommendations import FeedbackKind
from core.estimate.design import Floats
from core.monitoring.sample_ratio import ratio_differs, sample_ratio_p
from core.monitoring.sequences import difference_sequence
from core.policies.configuration import policy_hash
from core.simulated_users.names import PREFIX
from services.recommender.people import DAY_S, left_within_a_day
from services.recommender.promotion.plans import ServingPlan
from services.recommender.tables import DECISIONS, FEEDBACK, SERVED

COUNTS_AFTER_S = DAY_S
"""How old the first decision of a user is when its outcome counts, which does not change any more then."""
MOST_USERS = 200_000
"""Users of a trial that are looked at, the first ones."""
MOST_MS = 100.0
"""What a decision counts for that took longer: the outcomes of a confidence sequence have bounds."""
ALLOWED_MS = 10.0
"""How much slower a canary may be: policies differ in what they compute, and nobody feels so little."""


@dataclass(frozen=True)
class _Outcomes:
    """One a user, from 0 to `most` in its unit, in the order of decisions; NaN where it is not known."""

    name: str
    values: Floats
    unit: GuardrailUnit = GuardrailUnit.SHARE
    most: float = 1.0
    allowed: float = 0.0


def canary_report(connection: sa.Connection, plan: ServingPlan, now: float) -> CanaryReport | None:
    """Return how the trial of the plan's canary stands, None where it has none."""
    if plan.canary is None:
        return None
    rows = connection.execute(_outcomes(plan, now)).all()
    is_canary = np.array([row.policy_hash == policy_hash(plan.canary) for row in rows], np.bool_)
    dealt, shares = np.array([is_canary.sum(), (~is_canary).sum()]), np.array([plan.share, 1 - plan.share])
    refused = ratio_differs(dealt, shares)
    return CanaryReport(
        promotion=plan.view,
        canary_users=int(dealt[0]),
        other_users=int(dealt[1]),
        simulated_users=sum(row.simulated for row in rows),
        ratio_p=sample_ratio_p(dealt, shares),
        refused=refused,
        guardrails=[_guardrail(each, is_canary, plan.share, refused) for each in _guarded(rows)],
    )


def _guarded(rows: Sequence[Any]) -> Iterator[_Outcomes]:
    """Yield what a canary must not make worse."""
    yield _Outcomes("dismissed", np.array([row.dismissed for row in rows], np.float64))
    yield _Outcomes("kind hidden", np.array([row.dismissed and row.hides for row in rows], np.float64))
    yield _Outcomes("unsubscribed", np.array([row.left for row in rows], np.float64))
    yield _Outcomes("fallback", np.array([row.fallback for row in rows], np.float64))
    yield _Outcomes("nothing eligible", np.array([not row.has_tip for row in rows], np.float64))
    took = np.array([row.took_ms for row in rows], np.float64)  # NaN in decisions from before it was stored
    yield _Outcomes("time to decide", np.clip(took, 0.0, MOST_MS), GuardrailUnit.MILLISECONDS, MOST_MS, ALLOWED_MS)


def _outcomes(plan: ServingPlan, now: float) -> sa.Select[Any]:
    """The first decision of each user under the plan that is a day old, in the order in which they were made."""
    order = (DECISIONS.c.made_at, DECISIONS.c.id)
    numbered = (
        sa.select(
            *order,
            DECISIONS.c.policy_hash,
            DECISIONS.c.fallback,
            DECISIONS.c.took_ms,
            DECISIONS.c.user,
            sa.func.row_number().over(partition_by=DECISIONS.c.user, order_by=order).label("number"),
        )
        .where(
            DECISIONS.c.made_at >= plan.at,
            DECISIONS.c.made_at <= now - COUNTS_AFTER_S,
            DECISIONS.c.promotion == plan.version,
        )
        .subquery()
    )
    is_dismissal = sa.and_(
        FEEDBACK.c.decision == numbered.c.id,
        FEEDBACK.c.event == FeedbackKind.DISMISSED.value,
        FEEDBACK.c.at <= numbered.c.made_at + COUNTS_AFTER_S,
    )
    dismissed = sa.select(FEEDBACK.c.id).where(is_dismissal).exists()
    has_tip = sa.select(SERVED.c.tip).where(SERVED.c.decision == numbered.c.id).exists()
    hides = sa.select(SERVED.c.tip).where(SERVED.c.decision == numbered.c.id, SERVED.c.hides == "kind").exists()
    return (
        sa.select(
            numbered.c.policy_hash,
            numbered.c.fallback,
            numbered.c.took_ms,
            numbered.c.user.startswith(PREFIX, autoescape=True).label("simulated"),
            dismissed.label("dismissed"),
            left_within_a_day(numbered.c.user, numbered.c.made_at).label("left"),
            has_tip.label("has_tip"),
            hides.label("hides"),
        )
        .where(numbered.c.number == 1)
        .order_by(numbered.c.made_at, numbered.c.id)
        .limit(MOST_USERS)
    )


def _guardrail(outcomes: _Outcomes, is_canary: NDArray[np.bool_], share: float, refused: str | None) -> Guardrail:
    known = ~np.isnan(outcomes.values)
    values, canary = outcomes.values[known], is_canary[known]
    parts = [float(values[part].mean()) if part.any() else None for part in (canary, ~canary)]
    interval = _interval(values / outcomes.most, canary, share) if refused is None and len(values) else None
    low, high = (interval[0] * outcomes.most, interval[1] * outcomes.most) if interval else (None, None)
    verdict = GuardrailVerdict.UNDECIDED
    if low is not None and low > outcomes.allowed:
        verdict = GuardrailVerdict.WORSE
    elif high is not None and high < 0:
        verdict = GuardrailVerdict.BETTER
    return Guardrail(
        name=outcomes.name,
        unit=outcomes.unit,
        allowed=outcomes.allowed,
        canary=parts[0],
        others=parts[1],
        low=low,
        high=high,
        verdict=verdict,
    )


def _interval(outcomes: Floats, is_canary: NDArray[np.bool_], share: float) -> tuple[float, float] | None:
    """The canary's mean minus the others', None where no one difference fits all times."""
    found = difference_sequence(outcomes, is_canary, share)
    low, high = float(found.low[-1]), float(found.high[-1])
    return (low, high) if low <= high else None
