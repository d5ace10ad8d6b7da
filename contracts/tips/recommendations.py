"""What the recommender promises: tips for a user, drawn by a policy and logged first, and what the user did with them.

Calls block and are safe from several threads. Refusals are those of contracts.refusals, with GONE for an erased user
and RATE_LIMITED beyond a day's decisions and a decision's feedback.
"""

from enum import StrEnum
from typing import Annotated, Any, Protocol

import msgspec

from contracts.tips.catalog import TipName

MOST_TIPS = 10
LARGEST_CONTEXT, DEEPEST_CONTEXT = 8_192, 8
"""Bytes of a context as JSON, and how deep its values may be nested."""
DecisionId = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
FeedbackId = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,99}$(?!\n)")]


class Surface(StrEnum):
    """Where tips are shown; the last two reach users outside the app."""

    HOME = "home"
    PAGE = "page"
    PUSH = "push"
    EMAIL = "email"


class TipRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What tips are to be for: where they will be shown, in what situation, and how many.

    Of `context` the fields area, locale, time_zone and at (when it was read, ISO 8601) are understood and checked; all
    of it is stored sealed. Without a time zone the one of the user's preferences counts.
    """

    surface: Surface
    context: dict[str, Any] = {}
    k: Annotated[int, msgspec.Meta(ge=1, le=MOST_TIPS)] = 1


class TipCell(msgspec.Struct, frozen=True):
    """The cell that wrote a tip."""

    model: str
    prompt: str


class RecommendedTip(msgspec.Struct, frozen=True):
    """A tip, and in a sentence why it is this one."""

    tip: str
    text: str
    cell: TipCell
    reason: str


class PolicyName(msgspec.Struct, frozen=True):
    """The policy that drew, and the hash of its configuration."""

    name: str
    hash: str


class ShortReason(msgspec.Struct, frozen=True):
    """Why there are fewer tips: a code that never changes, a sentence, and how many cells it left out."""

    code: str
    says: str
    cells: int


class Recommendation(msgspec.Struct, frozen=True, kw_only=True):
    """A decision as it is logged: the tips in the order of their places, none where nothing is eligible.

    `fallback` says that the tips come from the catalog's templates, not from a published leaderboard.
    """

    decision: str
    tips: tuple[RecommendedTip, ...]
    policy: PolicyName
    fallback: bool
    reasons: tuple[ShortReason, ...] = ()


class FeedbackKind(StrEnum):
    """What a user did with a tip."""

    SHOWN = "shown"
    OPENED = "opened"
    DISMISSED = "dismissed"
    ACTED = "acted"
    RATED = "rated"


NOT_THIS_KIND = "not-this-kind"
"""The value of a dismissal after which no tip of that cell and area is served to the user again."""


class TipFeedback(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One thing that a user did with a tip of a decision; `id` is the client's, the same when it is sent again.

    `value` is the rating from 1 to 5, a word for why it was dismissed or what was done, else nothing.
    """

    decision: DecisionId
    tip: TipName
    event: FeedbackKind
    id: FeedbackId
    value: Annotated[int, msgspec.Meta(ge=1, le=5)] | Annotated[str, msgspec.Meta(max_length=64)] | None = None


class FeedbackReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """What was stored of a feedback, and when it came."""

    id: str
    decision: str
    tip: str
    event: FeedbackKind
    at: str


class TakenFeedback(msgspec.Struct, frozen=True):
    """The receipt; `again` says that it was given before."""

    receipt: FeedbackReceipt
    again: bool


class Recommendations(Protocol):
    """Tips for users, and their feedback."""

    def recommend(self, user: str, request: TipRequest) -> Recommendation:
        """Return tips that were drawn, once the decision is logged with propensities; nothing eligible is no refusal.

        Raise InvalidInput for a context that is too large, too old or not understood.
        """
        ...

    def standing(self, user: str) -> Recommendation:
        """Return the first screen's decision, the last one while its tip stands, else a new one."""
        ...

    def feedback(self, user: str, given: TipFeedback) -> TakenFeedback:
        """Store what the user did; the same id again changes nothing.

        Raise NotFound for what is no tip of a decision of this user, Conflict for other content under a known id.
        """
        ...
