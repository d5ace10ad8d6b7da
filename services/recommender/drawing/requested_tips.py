"""What a decision follows from: the request, and what all decisions of a transaction share."""

from collections.abc import Callable
from dataclasses import dataclass, field

from contracts.tips.catalog import TipCatalog
from contracts.tips.recommendations import TipRequest
from core.policies.configuration import Policy
from services.recommender.drawing.contexts import UnderstoodContext
from services.recommender.learning.states import LearntState
from services.recommender.promotion.pauses import PausedTips
from services.recommender.promotion.plans import ServingPlan
from services.recommender.writing.ahead import WantedContext


@dataclass(frozen=True)
class RequestedTips:
    """A request as it came, with what is understood of it, the context that tips are wanted for and its trace.

    `began` is when it came, by the timer of the module.
    """

    user: str
    request: TipRequest
    began: float
    context: UnderstoodContext = field(default_factory=UnderstoodContext)
    wanted: WantedContext | None = None
    traceparent: str | None = None


@dataclass(frozen=True)
class DrawingMoment:
    """What all decisions of a transaction are drawn with; `learnt` is the state of a policy then."""

    now: float
    catalog: TipCatalog
    plan: ServingPlan
    paused: PausedTips
    learnt: Callable[[Policy], LearntState]
