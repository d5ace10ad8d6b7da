"""Feedback: one row under the client's id, the signal for the other modules, and what is learnt, in one transaction."""

from collections.abc import Callable
from typing import Any

import msgspec
import sqlalchemy as sa

from contracts.modules.events import (
    Payload,
    TipActedV1,
    TipDismissedV1,
    TipOpenedV1,
    TipRatedV1,
    TipShownV1,
)
from contracts.modules.sealing import Sealer
from contracts.refusals import Conflict, InvalidInput, NotFound, Refusal
from contracts.tips.recommendations import (
    NOT_THIS_KIND,
    FeedbackKind,
    FeedbackReceipt,
    TakenFeedback,
    TipFeedback,
)
from kit.sealed import SealedColumn
from kit.times import iso
from services.recommender.learning.states import learn
from services.recommender.tables import FEEDBACK, SERVED

MOST = 50
"""Feedback that is stored of one decision: more is no use of a tip."""


class StoredValue(msgspec.Struct, frozen=True):
    """The content of the sealed column."""

    value: int | str | None


SEALED = SealedColumn("recommender_feedback ", StoredValue)
_KNOWN = sa.select(FEEDBACK).where(FEEDBACK.c.user == sa.bindparam("whose"), FEEDBACK.c.id == sa.bindparam("which"))
_COUNT = sa.select(sa.func.count()).where(FEEDBACK.c.decision == sa.bindparam("which"))


class TooMuchFeedback(Refusal):
    """More feedback of one decision than the limit."""

    code = "RATE_LIMITED"


def check_value(given: TipFeedback) -> None:
    """Raise InvalidInput for a value that the event cannot have."""
    rated, value = given.event is FeedbackKind.RATED, given.value
    if rated != isinstance(value, int):
        raise InvalidInput("a rating is a whole number from 1 to 5, and only a rating has one", ("value",))
    if given.event in {FeedbackKind.SHOWN, FeedbackKind.OPENED} and value is not None:
        raise InvalidInput(f"{given.event} has no value: leave it out", ("value",))


def take(
    connection: sa.Connection,
    sealer: Sealer,
    user: str,
    given: TipFeedback,
    now: float,
    publish: Callable[[Payload], None],
) -> TakenFeedback:
    """Store feedback and publish its signal, unless it was stored before; raise Erased.

    Raise NotFound for what is no tip of a decision of this user, Conflict for other content under a known id.
    """
    known = connection.execute(_KNOWN, {"whose": user, "which": given.id}).first()
    if known is not None:
        if not _is_same(sealer, known, given):
            raise Conflict("this id was of other feedback: give each its own", ("id",))
        return TakenFeedback(_receipt(known), again=True)
    mine = (SERVED.c.decision == given.decision, SERVED.c.user == user, SERVED.c.tip == given.tip)
    served = connection.execute(sa.select(SERVED).where(*mine)).first()
    if served is None:
        raise NotFound("there is no such tip in a decision of yours: ask for tips first", ("decision",))
    if connection.execute(_COUNT, {"which": given.decision}).scalar_one() >= MOST:
        raise TooMuchFeedback(f"{MOST} reports of one decision are enough: ask for other tips", ("decision",))
    row = {
        "user": user,
        "id": given.id,
        "decision": given.decision,
        "tip": given.tip,
        "event": given.event.value,
        "at": now,
        "sealed": SEALED.seal(sealer, user, f"{user} {given.id}", StoredValue(given.value)),
    }
    connection.execute(FEEDBACK.insert(), row)
    if changed := _ends(served, given, now) | learn(connection, served, given.event, now):
        connection.execute(SERVED.update().where(*mine).values(changed))
    publish(_signal(served, given))
    return TakenFeedback(_receipt(connection.execute(_KNOWN, {"whose": user, "which": given.id}).one()), again=False)


def value_of(sealer: Sealer, row: Any) -> int | str | None:
    """Return the value in a row of feedback; raise Erased, Unreadable."""
    return SEALED.open(sealer, row.user, f"{row.user} {row.id}", row.sealed).value


def _ends(served: Any, given: TipFeedback, now: float) -> dict[str, Any]:
    """The columns of the served tip that the feedback changes."""
    changed: dict[str, Any] = {}
    if given.event in {FeedbackKind.DISMISSED, FeedbackKind.ACTED} and served.ended_at is None:
        changed["ended_at"] = now
    if given.event is FeedbackKind.DISMISSED and served.hides != "kind":
        changed["hides"] = "kind" if given.value == NOT_THIS_KIND else "tip"
    return changed


def _signal(served: Any, given: TipFeedback) -> Payload:
    value = given.value
    match given.event:
        case FeedbackKind.SHOWN:
            return TipShownV1(decision=given.decision, tip=given.tip, surface=served.surface, position=served.place)
        case FeedbackKind.OPENED:
            return TipOpenedV1(decision=given.decision, tip=given.tip)
        case FeedbackKind.DISMISSED:
            return TipDismissedV1(decision=given.decision, tip=given.tip, reason=None if value is None else str(value))
        case FeedbackKind.ACTED:
            return TipActedV1(decision=given.decision, tip=given.tip, action=None if value is None else str(value))
        case FeedbackKind.RATED:
            return TipRatedV1(decision=given.decision, tip=given.tip, rating=int(value or 0))


def _is_same(sealer: Sealer, row: Any, given: TipFeedback) -> bool:
    stored = (row.decision, row.tip, row.event, value_of(sealer, row))
    return stored == (given.decision, given.tip, given.event.value, given.value)


def _receipt(row: Any) -> FeedbackReceipt:
    return FeedbackReceipt(id=row.id, decision=row.decision, tip=row.tip, event=FeedbackKind(row.event), at=iso(row.at))
