"""Notices of a topic that go out together: the slot is that of one of them, the others have a row that says so."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from contracts.modules.profile import Channel
from services.notifier.requests import Said
from services.notifier.tables import DELIVERIES, NOTICES

JOINED = "digest"
"""The state of the row of a notice whose hand-over is part of another's, whose id is the row's reason."""


def collected(connection: sa.Connection, row: Any, now: float) -> Sequence[Any]:
    """Return what waits with the notice of a row for a first hand-over of its topic, itself included, oldest first."""
    waiting = sa.select(NOTICES).where(
        NOTICES.c.user == row.user,
        NOTICES.c.arrived_at.is_(None),
        NOTICES.c.topic == row.topic,
        NOTICES.c.state == "waiting",
        NOTICES.c.critical.is_(False),
        NOTICES.c.expires_at > now,
    )
    return connection.execute(waiting.order_by(NOTICES.c.created_at, NOTICES.c.id)).all()


def joined(connection: sa.Connection, row: Any) -> Sequence[Any]:
    """Return the notices that went out with that of a row, and it, oldest first."""
    rows = sa.select(DELIVERIES.c.notice).where(
        DELIVERIES.c.user == row.user, DELIVERIES.c.state == JOINED, DELIVERIES.c.reason == row.id
    )
    chosen = sa.select(NOTICES).where(sa.or_(NOTICES.c.id == row.id, NOTICES.c.id.in_(rows)))
    return connection.execute(chosen.order_by(NOTICES.c.created_at, NOTICES.c.id)).all()


def join(connection: sa.Connection, row: Any, others: Sequence[Any], channel: Channel, now: float) -> None:
    """Write down that others go out with the notice of a row by a channel; they arrive in the app then.

    What has a row of that channel is left as it is: the hand-over is made once more.
    """
    for other in others:
        key = (DELIVERIES.c.notice == other.id, DELIVERIES.c.channel == channel.value)
        if connection.execute(sa.select(DELIVERIES.c.notice).where(*key)).first() is not None:
            continue
        slot = {"notice": other.id, "channel": channel.value, "user": other.user, "topic": other.topic}
        part = {"state": JOINED, "attempts": 1, "reason": row.id, "started_at": now, "ended_at": now}
        connection.execute(DELIVERIES.insert().values(slot | part))
        if other.arrived_at is None:
            ended = {"state": "settled", "code": JOINED, "arrived_at": now}
            connection.execute(NOTICES.update().where(NOTICES.c.id == other.id).values(ended))


def said_together(said: Sequence[Said]) -> tuple[str, str]:
    """Return the title and the text of notices that are handed over as one."""
    if len(said) == 1:
        return said[0].title, said[0].text
    others = f"{len(said) - 1} more" if len(said) > 2 else "one more"
    return f"{said[0].title}, and {others}", "\n\n".join(f"{each.title}\n{each.text}" for each in said)
