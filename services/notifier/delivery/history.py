"""What became of one notice: its row and its hand-overs, as its user sees them."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from contracts.modules.notices import DeliveryView, HoldView, NoticeHistory
from contracts.refusals import NotFound
from kit.times import iso, iso_if_known
from services.notifier.delivery.why import explained
from services.notifier.tables import DELIVERIES, NOTICES


def history(connection: sa.Connection, user: str, notice: str) -> NoticeHistory:
    """Return where a notice is and why; raise NotFound for one that is not the user's."""
    row = connection.execute(sa.select(NOTICES).where(NOTICES.c.id == notice, NOTICES.c.user == user)).first()
    if row is None:
        raise NotFound("there is no such notice of yours", ("notice",))
    holds, deliveries = hold_views(row), hand_over_views(connection, [notice])[notice]
    why = explained(row.state, row.code, holds, deliveries)
    return NoticeHistory(id=row.id, state=row.state, code=row.code, holds=holds, deliveries=deliveries, why=why)


def hold_views(row: Any) -> list[HoldView]:
    """Return what held the notice of a row last."""
    return [HoldView(code=code, until=iso_if_known(until)) for code, until in row.holds]


def hand_over_views(connection: sa.Connection, notices: Sequence[str]) -> Mapping[str, list[DeliveryView]]:
    """Return what became of each of the notices by each channel, oldest first, in one query."""
    found: dict[str, list[DeliveryView]] = {notice: [] for notice in notices}
    slots = sa.select(DELIVERIES).where(DELIVERIES.c.notice.in_(notices)).order_by(DELIVERIES.c.started_at)
    for slot in connection.execute(slots):
        view = DeliveryView(
            channel=slot.channel,
            state=slot.state,
            reason=slot.reason,
            attempts=slot.attempts,
            started_at=iso(slot.started_at),
            ended_at=iso_if_known(slot.ended_at),
        )
        found[slot.notice].append(view)
    return found
