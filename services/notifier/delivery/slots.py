"""The slot of each notice and channel: committed before the call outside, and what became of it after."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from contracts.modules.profile import Channel
from contracts.refusals import Conflict
from services.notifier.channels.sender import HandOver, SendOutcome
from services.notifier.tables import DELIVERIES, NOTICES
from services.notifier.timing.caps import ROLLING_S, SentNotice

SENDING_S = 600.0
"""A call that has not ended after so long was cut off with its process: nobody knows what became of it."""
MOST_ATTEMPTS, BACKOFF_S = 5, 60.0
COUNTED = ("sending", "delivered", "unknown")
"""States of a slot in which the peer may have it: they count for caps, and are not sent again."""


def tried(connection: sa.Connection, notice: str) -> frozenset[Channel]:
    """Return the channels that took the notice, may have it, or never will."""
    slots = sa.select(DELIVERIES.c.channel).where(
        DELIVERIES.c.notice == notice, DELIVERIES.c.state.in_((*COUNTED, "refused"))
    )
    return frozenset(map(Channel, connection.execute(slots).scalars()))


def taken_at(connection: sa.Connection, notice: str) -> float | None:
    """Return when a channel took the notice last, None where none did."""
    taken = sa.and_(DELIVERIES.c.notice == notice, DELIVERIES.c.state == "delivered")
    return connection.execute(sa.select(sa.func.max(DELIVERIES.c.ended_at)).where(taken)).scalar()


def sent_to(connection: sa.Connection, user: str, now: float, *, without: str = "") -> list[tuple[float, str]]:
    """Return when, and by the pseudonym of which topic, notices were handed over to a user in the last two days.

    A notice counts once, when its first channel got it; that with the id `without` does not.
    """
    slots = (
        sa.select(sa.func.min(DELIVERIES.c.started_at), DELIVERIES.c.topic)
        .where(
            DELIVERIES.c.user == user,
            DELIVERIES.c.notice != without,
            DELIVERIES.c.started_at > now - 2 * ROLLING_S,
            DELIVERIES.c.state.in_(COUNTED),
        )
        .group_by(DELIVERIES.c.notice, DELIVERIES.c.topic)
    )
    return [(at, topic) for at, topic in connection.execute(slots)]


def counted(sent: Sequence[tuple[float, str]], name: str, topic: str) -> list[SentNotice]:
    """Return them with the topic itself where it is the one whose pseudonym is `name`."""
    return [SentNotice(at, topic if each == name else "") for at, each in sent]


def claim(connection: sa.Connection, row: Any, channel: Channel, now: float) -> int:
    """Take the slot of a notice and channel and return the number of the attempt; raise IntegrityError if it is taken.

    One that the peer surely does not have is taken again.
    """
    mine = sa.and_(DELIVERIES.c.notice == row.id, DELIVERIES.c.channel == channel.value)
    again = sa.and_(mine, DELIVERIES.c.state.in_(("later", "again")))
    begun = {"state": "sending", "started_at": now, "ended_at": None, "reason": ""}
    taken = DELIVERIES.update().where(again).values(begun | {"attempts": DELIVERIES.c.attempts + 1})
    if connection.execute(taken).rowcount:
        return int(connection.execute(sa.select(DELIVERIES.c.attempts).where(mine)).scalar_one())
    slot = {"notice": row.id, "channel": channel.value, "user": row.user, "topic": row.topic, "attempts": 1}
    connection.execute(DELIVERIES.insert().values(slot | begun))
    return 1


def refuse(connection: sa.Connection, row: Any, channel: Channel, reason: str, now: float) -> None:
    """Write down that a channel never takes the notice, without a call; raise IntegrityError where it may have it."""
    mine = sa.and_(DELIVERIES.c.notice == row.id, DELIVERIES.c.channel == channel.value)
    refused = {"state": "refused", "ended_at": now, "reason": reason}
    again = sa.and_(mine, DELIVERIES.c.state.in_(("later", "again", "refused")))
    if connection.execute(DELIVERIES.update().where(again).values(refused)).rowcount == 0:
        slot = {"notice": row.id, "channel": channel.value, "user": row.user, "topic": row.topic, "attempts": 0}
        connection.execute(DELIVERIES.insert().values(slot | refused | {"started_at": now}))


def settle(
    connection: sa.Connection,
    notice: str,
    channel: Channel,
    attempt: int,
    done: HandOver,
    now: float,
    *,
    unseen_at: float | None = None,
    others: Sequence[str] = (),
) -> None:
    """Write down what became of an attempt, and what the notice waits for then.

    What was taken is looked at again at `unseen_at`, where it has one. `others` are those that went out with it. A
    late answer of one that was given up as unknown counts; one of an attempt that a person repeated does not.
    """
    outcome = done.outcome
    if outcome is SendOutcome.LATER and attempt >= MOST_ATTEMPTS:
        outcome = SendOutcome.REFUSED
    mine = sa.and_(
        DELIVERIES.c.notice == notice,
        DELIVERIES.c.channel == channel.value,
        DELIVERIES.c.attempts == attempt,
        DELIVERIES.c.state.in_(("sending", "unknown")),
    )
    ended = {"state": outcome.value, "ended_at": now, "reason": done.reason}
    if connection.execute(DELIVERIES.update().where(mine).values(ended)).rowcount == 0:
        return
    then: dict[str, Any] = {"state": "settled", "code": outcome.value}
    if outcome is SendOutcome.DELIVERED and others:
        connection.execute(NOTICES.update().where(NOTICES.c.id.in_(others)).values(code=outcome.value))
    if outcome is SendOutcome.DELIVERED and unseen_at is not None:
        then = {"state": "waiting", "code": "unseen", "release_at": unseen_at}
    if outcome in {SendOutcome.REFUSED, SendOutcome.LATER}:
        wait = max(done.retry_after_s or 0.0, BACKOFF_S * 2**attempt) if outcome is SendOutcome.LATER else 0.0
        then = {"state": "waiting", "code": outcome.value, "release_at": now + wait}
    connection.execute(NOTICES.update().where(NOTICES.c.id == notice).values(then))


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


def interrupted(now: float) -> sa.ColumnElement[bool]:
    """Return what holds of slots whose call was cut off with its process."""
    return sa.and_(DELIVERIES.c.state == "sending", DELIVERIES.c.started_at < now - SENDING_S)


def give_up_interrupted(connection: sa.Connection, now: float) -> int:
    """Mark as unknown what was being sent by a process that ended, and return how many those were."""
    old = interrupted(now)
    notices = list(connection.execute(sa.select(DELIVERIES.c.notice).where(old)).scalars())
    if notices:
        unknown = {"state": "unknown", "ended_at": now, "reason": "interrupted"}
        connection.execute(DELIVERIES.update().where(old).values(unknown))
        connection.execute(NOTICES.update().where(NOTICES.c.id.in_(notices)).values(state="settled", code="unknown"))
    return len(notices)


def send_again(connection: sa.Connection, notice: str, now: float) -> None:
    """Let the hand-overs of a notice whose outcome is unknown be made once more; raise Conflict where none is."""
    unknown = sa.and_(DELIVERIES.c.notice == notice, DELIVERIES.c.state == "unknown")
    if connection.execute(DELIVERIES.update().where(unknown).values(state="again")).rowcount == 0:
        raise Conflict("what became of this notice is known: it is not sent again", ("notice",))
    again = {"state": "waiting", "code": "again", "release_at": now}
    connection.execute(NOTICES.update().where(NOTICES.c.id == notice).values(again))
