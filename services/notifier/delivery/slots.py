"""The slot of each notice and channel: committed before the call outside, and what became of it after."""

from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from contracts.modules.profile import Channel
from contracts.refusals import Conflict
from kit.timing.caps import ROLLING_S
from services.notifier.channels.sender import HandOver, SendOutcome
from services.notifier.tables import DELIVERIES, NOTICES

SENDING_S = 600.0
"""A call that has not ended after so long was cut off with its process: nobody knows what became of it."""
MOST_ATTEMPTS, BACKOFF_S = 5, 60.0
COUNTED = ("sending", "delivered", "unknown")
"""States of a slot in which the peer may have it: they count for caps, and are not sent again."""
AGAIN = ("later", "again")
"""States of a slot that is taken again."""
_SENT = (
    sa.select(
        DELIVERIES.c.user, DELIVERIES.c.notice, sa.func.min(DELIVERIES.c.started_at).label("at"), DELIVERIES.c.topic
    )
    .where(
        DELIVERIES.c.user.in_(sa.bindparam("users", expanding=True)),
        DELIVERIES.c.started_at > sa.bindparam("since"),
        DELIVERIES.c.state.in_(COUNTED),
    )
    .group_by(DELIVERIES.c.user, DELIVERIES.c.notice, DELIVERIES.c.topic)
)
_FIRST = DELIVERIES.insert()
_AGAIN = (
    DELIVERIES.update()
    .where(DELIVERIES.c.notice == sa.bindparam("of"), DELIVERIES.c.channel == sa.bindparam("by"))
    .values(state="sending", started_at=sa.bindparam("now"), ended_at=None, reason="", attempts=sa.bindparam("attempt"))
)
_OPEN = sa.select(DELIVERIES.c.notice, DELIVERIES.c.channel, DELIVERIES.c.attempts).where(
    DELIVERIES.c.notice.in_(sa.bindparam("notices", expanding=True)), DELIVERIES.c.state.in_(("sending", "unknown"))
)
_ENDED = (
    DELIVERIES.update()
    .where(DELIVERIES.c.notice == sa.bindparam("of"), DELIVERIES.c.channel == sa.bindparam("by"))
    .values(state=sa.bindparam("became"), ended_at=sa.bindparam("now"), reason=sa.bindparam("why"))
)
_THEN = (
    NOTICES.update()
    .where(NOTICES.c.id == sa.bindparam("of"))
    .values(
        state=sa.bindparam("next_state"),
        code=sa.bindparam("next_code"),
        release_at=sa.func.coalesce(sa.bindparam("at", type_=sa.Double), NOTICES.c.release_at),
    )
)
_INTERRUPTED = sa.and_(DELIVERIES.c.state == "sending", DELIVERIES.c.started_at + 0.0 < sa.bindparam("before"))
"""As a sum, so that SQLite looks through what is being sent, not through all that is older."""
_CUT_OFF = sa.select(DELIVERIES.c.notice).where(_INTERRUPTED)


def sent_to(connection: sa.Connection, users: Sequence[str], now: float) -> dict[str, dict[str, tuple[float, str]]]:
    """Return when notices were handed over in the last two days, and by the pseudonym of which topic, by user and id.

    A notice counts once, when its first channel got it.
    """
    found: dict[str, dict[str, tuple[float, str]]] = {}
    for row in connection.execute(_SENT, {"users": users, "since": now - 2 * ROLLING_S}):
        found.setdefault(row.user, {})[row.notice] = (row.at, row.topic)
    return found


class TakenSlots:
    """Slots that one transaction takes at `now`: those that the peer surely does not have are taken again."""

    def __init__(self, now: float) -> None:
        self._now = now
        self._first, self._again = list[dict[str, Any]](), list[dict[str, Any]]()

    def add(self, row: Any, channel: Channel, known: Any | None) -> int:
        """Take the slot of a notice and channel, of which `known` is the row, and return the number of the attempt."""
        if known is not None and known.state in AGAIN:
            attempt = int(known.attempts) + 1
            self._again.append({"of": row.id, "by": channel.value, "attempt": attempt, "now": self._now})
            return attempt
        slot = {"notice": row.id, "channel": channel.value, "user": row.user, "topic": row.topic, "attempts": 1}
        self._first.append(slot | {"state": "sending", "started_at": self._now, "ended_at": None, "reason": ""})
        return 1

    def write(self, connection: sa.Connection) -> None:
        """Write them down; raise IntegrityError if one is taken that may not be."""
        for statement, rows in ((_AGAIN, self._again), (_FIRST, self._first)):
            if rows:
                connection.execute(statement, rows)
        self._first, self._again = [], []


def refuse(connection: sa.Connection, row: Any, channel: Channel, reason: str, now: float) -> None:
    """Write down that a channel never takes the notice, without a call; raise IntegrityError where it may have it."""
    mine = sa.and_(DELIVERIES.c.notice == row.id, DELIVERIES.c.channel == channel.value)
    refused = {"state": "refused", "ended_at": now, "reason": reason}
    again = sa.and_(mine, DELIVERIES.c.state.in_((*AGAIN, "refused")))
    if connection.execute(DELIVERIES.update().where(again).values(refused)).rowcount == 0:
        slot = {"notice": row.id, "channel": channel.value, "user": row.user, "topic": row.topic, "attempts": 0}
        connection.execute(DELIVERIES.insert().values(slot | refused | {"started_at": now}))


class EndedCall(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an attempt; what was taken is looked at again at `unseen_at`, where it has one.

    `others` are the notices that went out with it.
    """

    notice: str
    channel: Channel
    attempt: int
    done: HandOver
    unseen_at: float | None = None
    others: Sequence[str] = ()


def settle(connection: sa.Connection, ended: Sequence[EndedCall], now: float) -> None:
    """Write down what became of attempts, and what the notices wait for then, while no other transaction changes slots.

    A late answer of one that was given up as unknown counts; one of an attempt that a person repeated does not.
    """
    rows = connection.execute(_OPEN, {"notices": [each.notice for each in ended]})
    open_ = {(row.notice, row.channel, row.attempts) for row in rows}
    counted = [each for each in ended if (each.notice, each.channel.value, each.attempt) in open_]
    if not counted:
        return
    slots, notices = list[dict[str, Any]](), list[dict[str, Any]]()
    for each in counted:
        outcome = _outcome(each)
        slot = {"of": each.notice, "by": each.channel.value, "now": now}
        slots.append(slot | {"became": outcome.value, "why": each.done.reason})
        notices.append({"of": each.notice} | _then(each, outcome, now))
        if outcome is SendOutcome.DELIVERED and each.others:
            connection.execute(NOTICES.update().where(NOTICES.c.id.in_(each.others)).values(code=outcome.value))
    connection.execute(_ENDED, slots)
    connection.execute(_THEN, notices)


def _outcome(each: EndedCall) -> SendOutcome:
    if each.done.outcome is SendOutcome.LATER and each.attempt >= MOST_ATTEMPTS:
        return SendOutcome.REFUSED
    return each.done.outcome


def _then(each: EndedCall, outcome: SendOutcome, now: float) -> dict[str, Any]:
    """What a notice waits for after an attempt; without a time that of its release stays."""
    if outcome is SendOutcome.DELIVERED and each.unseen_at is not None:
        return {"next_state": "waiting", "next_code": "unseen", "at": each.unseen_at}
    if outcome in {SendOutcome.REFUSED, SendOutcome.LATER}:
        later = max(each.done.retry_after_s or 0.0, BACKOFF_S * 2**each.attempt)
        wait = later if outcome is SendOutcome.LATER else 0.0
        return {"next_state": "waiting", "next_code": outcome.value, "at": now + wait}
    return {"next_state": "settled", "next_code": outcome.value, "at": None}


def put_back(connection: sa.Connection, notice: str, channel: Channel, attempt: int, reason: str, now: float) -> None:
    """Give back the slot of an attempt whose call never began: it is no attempt, and the notice is due at once."""
    mine = sa.and_(
        DELIVERIES.c.notice == notice,
        DELIVERIES.c.channel == channel.value,
        DELIVERIES.c.attempts == attempt,
        DELIVERIES.c.state == "sending",
    )
    back = {"state": "later", "ended_at": now, "reason": reason, "attempts": attempt - 1}
    if connection.execute(DELIVERIES.update().where(mine).values(back)).rowcount:
        waiting = {"state": "waiting", "code": "later", "release_at": now}
        connection.execute(NOTICES.update().where(NOTICES.c.id == notice).values(waiting))


def has_interrupted(connection: sa.Connection, now: float) -> bool:
    """Return whether a call was cut off with its process."""
    return connection.execute(_CUT_OFF, {"before": now - SENDING_S}).first() is not None


def give_up_interrupted(connection: sa.Connection, now: float) -> int:
    """Mark as unknown what was being sent by a process that ended, and return how many those were."""
    before = {"before": now - SENDING_S}
    notices = list(connection.execute(_CUT_OFF, before).scalars())
    if notices:
        unknown = {"state": "unknown", "ended_at": now, "reason": "interrupted"}
        connection.execute(DELIVERIES.update().where(_INTERRUPTED).values(unknown), before)
        connection.execute(NOTICES.update().where(NOTICES.c.id.in_(notices)).values(state="settled", code="unknown"))
    return len(notices)


def send_again(connection: sa.Connection, notice: str, now: float) -> None:
    """Let the hand-overs of a notice whose outcome is unknown be made once more.

    Raise Conflict where none is, and for a notice that expired: it would go out no more, and its outcome be lost.
    """
    expires_at = connection.execute(sa.select(NOTICES.c.expires_at).where(NOTICES.c.id == notice)).scalar()
    if expires_at is not None and expires_at <= now:
        raise Conflict("this notice has expired: it is not sent again", ("notice",))
    unknown = sa.and_(DELIVERIES.c.notice == notice, DELIVERIES.c.state == "unknown")
    if connection.execute(DELIVERIES.update().where(unknown).values(state="again")).rowcount == 0:
        raise Conflict("what became of this notice is known: it is not sent again", ("notice",))
    again = {"state": "waiting", "code": "again", "release_at": now}
    connection.execute(NOTICES.update().where(NOTICES.c.id == notice).values(again))
