"""Decisions: drawn from the probabilities that are logged, written with the event before anybody is answered."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import msgspec
import sqlalchemy as sa

from contracts.modules.events import DecisionMadeV1
from contracts.modules.sealing import Sealer
from contracts.tips.catalog import CatalogTip, DrawnTip
from contracts.tips.recommendations import (
    PolicyName,
    Recommendation,
    RecommendedTip,
    ShortReason,
    TipCell,
)
from core.plurals import counted
from core.policies.configuration import Policy, policy_hash
from core.policies.distribution import Distribution
from core.policies.draw import SEEDS, Drawn, draw
from core.policies.features import Features
from kit.sealed import SealedColumn
from services.recommender.drawing.eligibility import EligibleArms, short_reasons
from services.recommender.learning.states import LearntState
from services.recommender.tables import DECISIONS, SERVED

_DECIDED, _PLACED = DECISIONS.insert(), SERVED.insert()
_OF_DECISION = sa.select(SERVED).where(SERVED.c.decision == sa.bindparam("which")).order_by(SERVED.c.place)


class SealedDecision(msgspec.Struct, frozen=True):
    """The content of the sealed column: the context as it came, and the texts by the order of their places."""

    context: dict[str, Any]
    texts: tuple[str, ...]


SEALED = SealedColumn("recommender_decisions ", SealedDecision)
SOURCES = {"ahead": "; written for this context", "template": "; a template"}
"""What a reason says of a text that is no judged one."""


@dataclass(frozen=True)
class PlacedTip:
    """A drawn arm with its tip, and where its text comes from: `ahead`, `judged` or `template`."""

    drawn: Drawn
    tip: CatalogTip
    source: str = "judged"


@dataclass(frozen=True)
class LoggedDecision:
    """A decision before it is stored: all that its draw follows from, and what came out of it."""

    id: str
    user: str
    made_at: float
    features: Features
    k: int
    promotion: int
    policy: Policy
    learnt: LearntState
    seed: int
    fallback: bool
    probabilities: Mapping[str, float]
    left_out: Mapping[str, str]
    placed: Sequence[PlacedTip]
    context: Mapping[str, Any]
    took_ms: float

    @property
    def event(self) -> DecisionMadeV1:
        """Return what the other modules learn of it."""
        return DecisionMadeV1(
            decision=self.id,
            features=self.features,
            arms=dict(self.probabilities),
            drawn=tuple(DrawnTip(each.tip.id, each.drawn.arm, each.drawn.propensity) for each in self.placed),
            seed=self.seed,
            policy=self.policy.kind,
            policy_hash=policy_hash(self.policy),
            fallback=self.fallback,
        )


def drawn_tips(
    policy: Policy, learnt: LearntState, features: Features, eligible: EligibleArms, k: int, seed: int
) -> tuple[Mapping[str, float], Sequence[PlacedTip]]:
    """Return the probability of every eligible arm, and the tips in the order of their places; none of no arm."""
    if not eligible.tips:
        return {}, ()
    chances = learnt.distribution(policy, features, sorted(eligible.tips))
    placed = [PlacedTip(each, _tip_of(seed, each.arm, eligible.tips[each.arm])) for each in draw(chances, k, seed)]
    return dict(zip(chances.arms, chances.probabilities, strict=True)), placed


def seed_of(id_: str) -> int:
    """Return the seed that a random id gives: 63 bits of its hash."""
    return int.from_bytes(hashlib.sha256(b"recommender seed " + id_.encode()).digest()[:8], "big") % SEEDS


@dataclass(frozen=True)
class DecisionRows:
    """The rows of decisions, as one transaction writes them."""

    decided: list[dict[str, Any]] = field(default_factory=list)
    placed: list[dict[str, Any]] = field(default_factory=list)

    def add(self, others: "DecisionRows") -> None:
        """Add the rows of others."""
        self.decided.extend(others.decided)
        self.placed.extend(others.placed)

    def write(self, connection: sa.Connection) -> None:
        """Insert the rows, by one statement a table."""
        for insert, rows in ((_DECIDED, self.decided), (_PLACED, self.placed)):
            if rows:
                connection.execute(insert, rows)


def rows_of(sealer: Sealer, decision: LoggedDecision) -> tuple[DecisionRows, Recommendation]:
    """Return the rows of the decision and its tips, and what `stored_answer` will say of them; raise Erased."""
    features = decision.features
    sealed = SealedDecision(dict(decision.context), tuple(each.tip.text for each in decision.placed))
    row = {
        "id": decision.id,
        "user": decision.user,
        "made_at": decision.made_at,
        "surface": features.surface,
        "area": features.area,
        "hour_band": features.hour_band,
        "weekday": features.weekday,
        "locale": features.locale,
        "k": decision.k,
        "policy": decision.policy.kind,
        "policy_hash": policy_hash(decision.policy),
        "seed": decision.seed,
        "fallback": decision.fallback,
        "promotion": decision.promotion,
        "state_version": decision.learnt.version,
        "state_hash": decision.learnt.hash,
        "took_ms": decision.took_ms,
        "arms": dict(decision.probabilities),
        "left_out": dict(decision.left_out),
        "sealed": SEALED.seal(sealer, decision.user, decision.id, sealed),
    }
    served = [
        {
            "decision": decision.id,
            "place": place,
            "user": decision.user,
            "tip": each.tip.id,
            "arm": each.drawn.arm,
            "area": each.tip.area,
            "surface": features.surface,
            "propensity": each.drawn.propensity,
            "served_at": decision.made_at,
            "source": each.source,
        }
        for place, each in enumerate(decision.placed)
    ]
    answer = _answer(SimpleNamespace(**row), [SimpleNamespace(**each) for each in served], sealed.texts)
    return DecisionRows([row], served), answer


def stored_answer(connection: sa.Connection, sealer: Sealer, row: Any) -> Recommendation:
    """Return what is answered of a row of decisions; raise Erased, Unreadable."""
    served = connection.execute(_OF_DECISION, {"which": row.id}).all()
    return _answer(row, served, SEALED.open(sealer, row.user, row.id, row.sealed).texts)


def _answer(row: Any, served: Sequence[Any], texts: Sequence[str]) -> Recommendation:
    tips = tuple(_recommended(each, text, row) for each, text in zip(served, texts, strict=True))
    reasons = list(short_reasons(row.left_out)) if len(tips) < row.k else []
    if 0 < len(tips) < row.k:
        says = f"{row.k} tips were wanted and {counted(len(tips), 'cell')} could write one"
        reasons.insert(0, ShortReason("fewer", says, len(tips)))
    policy = PolicyName(row.policy, row.policy_hash)
    return Recommendation(decision=row.id, tips=tips, policy=policy, fallback=row.fallback, reasons=tuple(reasons))


def follows_from_its_log(connection: sa.Connection, row: Any) -> bool:
    """Return whether the same arms with the same propensities are drawn again from what is stored of a decision."""
    served = connection.execute(_OF_DECISION, {"which": row.id}).all()
    if not row.arms:
        return not served
    arms = sorted(row.arms)
    again = draw(Distribution(tuple(arms), tuple(row.arms[arm] for arm in arms)), row.k, row.seed)
    return [(each.arm, each.propensity) for each in again] == [(each.arm, each.propensity) for each in served]


def _tip_of(seed: int, arm: str, tips: Sequence[CatalogTip]) -> CatalogTip:
    """The tip of the arm that the seed chooses, each as likely: an arm is drawn by its propensity, its text is not."""
    return min(tips, key=lambda tip: hashlib.sha256(f"tip {seed} {arm} {tip.id}".encode()).digest())


def _recommended(served: Any, text: str, row: Any) -> RecommendedTip:
    model, _, prompt = served.arm.rpartition("/")  # a model may have slashes in its name
    of = f" about {row.area}" if row.area else ""
    says = f"drawn{of} by {row.policy} with probability {served.propensity:.3g}, of {counted(len(row.arms), 'cell')}"
    return RecommendedTip(served.tip, text, TipCell(model, prompt), says + SOURCES.get(served.source, ""))
