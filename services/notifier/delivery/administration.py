"""What admins see of all users' notices: a list, the way of one, and how many are under way; nothing is opened."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from contracts.modules.notice_administration import Delivery, DeliveryHistory, DeliveryState, NoticeCounts
from contracts.modules.notices import DeliveryView
from contracts.paging import Page, PageRequest
from contracts.refusals import NotFound
from kit.paging import key_after, page_of
from kit.sql.store import Store
from kit.times import iso, iso_if_known
from services.notifier.delivery.history import hand_over_views, hold_views
from services.notifier.delivery.slots import send_again
from services.notifier.delivery.steps import steps_of
from services.notifier.tables import DELIVERIES, NOTICES

SEEN = [column for column in NOTICES.c if column.name not in {"sealed", "topic"}]
"""What admins may see of a notice: not what it says, nor what it is about."""
SLOT_STATES = {DeliveryState.SENDING: "sending", DeliveryState.UNKNOWN: "unknown"}
"""States that are those of a slot, by which such notices are found without reading all."""


class DeliveryAdministration:
    """Implements contracts.modules.notice_administration.NoticeAdministration as far as it is about notices."""

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self.store, self._now = store, clock

    def deliveries(self, request: PageRequest) -> Page[Delivery]:
        """Return notices, newest first, with the hand-overs of the page in one query; raise InvalidCursor."""
        query = sa.select(*SEEN).where(*_chosen(request.where)).limit(request.first + 1)
        if (after := key_after(request, (int, float), str)) is not None:
            query = query.where(sa.tuple_(NOTICES.c.created_at, NOTICES.c.id) < sa.tuple_(*map(sa.literal, after)))
        with self.store.reading() as connection:
            rows = connection.execute(query.order_by(NOTICES.c.created_at.desc(), NOTICES.c.id.desc())).all()
            handed_over = hand_over_views(connection, [row.id for row in rows[: request.first]])
        return page_of(
            rows, request.first, lambda row: (row.created_at, row.id), lambda row: _view(row, handed_over[row.id])
        )

    def count_deliveries(self, where: Mapping[str, str]) -> int:
        """Return how many notices are under the filter."""
        with self.store.reading() as connection:
            counted = sa.select(sa.func.count()).select_from(NOTICES).where(*_chosen(where))
            return int(connection.execute(counted).scalar_one())

    def delivery_history(self, notice: str) -> DeliveryHistory:
        """Return the way of a notice, whosever it is; raise NotFound."""
        with self.store.reading() as connection:
            return _history(connection, notice)

    def hand_over_again(self, notice: str) -> DeliveryHistory:
        """Have what is unknown of a notice handed over once more; raise NotFound, and Conflict where nothing is."""
        with self.store.writing() as connection:
            _history(connection, notice)
            send_again(connection, notice, self._now())
            return _history(connection, notice)

    def notice_counts(self) -> NoticeCounts:
        """Return how many notices are under way, of which only the rows concerned are read."""
        now, waiting = self._now(), _in_state(DeliveryState.WAITING)
        oldest = sa.select(
            sa.func.count(),
            sa.func.count().filter(NOTICES.c.release_at <= now),
            sa.func.min(NOTICES.c.created_at),
            sa.func.min(NOTICES.c.release_at),
        ).where(waiting)
        with self.store.reading() as connection:
            number, due, created, release = connection.execute(oldest).one()
            slots = {state: _slots_in(connection, state) for state in SLOT_STATES}
        return NoticeCounts(
            waiting=number,
            due=due,
            sending=slots[DeliveryState.SENDING],
            unknown=slots[DeliveryState.UNKNOWN],
            oldest_waiting_s=0.0 if created is None else max(0.0, now - created),
            overdue_s=0.0 if release is None else max(0.0, now - release),
        )


def _slots_in(connection: sa.Connection, state: DeliveryState) -> int:
    """Return how many slots are in a state, each by its own index."""
    counted = sa.select(sa.func.count()).where(DELIVERIES.c.state == SLOT_STATES[state])
    return int(connection.execute(counted).scalar_one())


def _chosen(where: Mapping[str, Any]) -> Sequence[sa.ColumnElement[bool]]:
    """What holds of the notices under a filter."""
    found: list[sa.ColumnElement[bool]] = []
    if (user := where.get("user")) is not None:
        found.append(NOTICES.c.user == user)
    if (channel := where.get("channel")) is not None:
        found.append(NOTICES.c.id.in_(sa.select(DELIVERIES.c.notice).where(DELIVERIES.c.channel == channel)))
    if (state := where.get("state")) is not None:
        found.append(_in_state(DeliveryState(state)))
    return found


def _in_state(state: DeliveryState) -> sa.ColumnElement[bool]:
    if state in SLOT_STATES:
        slots = sa.select(DELIVERIES.c.notice).where(DELIVERIES.c.state == SLOT_STATES[state])
        return NOTICES.c.id.in_(slots)
    settled, waiting, taken = NOTICES.c.state == "settled", NOTICES.c.state == "waiting", NOTICES.c.code == "unseen"
    if state is DeliveryState.DELIVERED:
        return sa.or_(sa.and_(settled, NOTICES.c.code == "delivered"), sa.and_(waiting, taken))
    if state is DeliveryState.WAITING:
        return sa.and_(waiting, sa.not_(taken))
    if state is DeliveryState.INBOX:
        return sa.and_(settled, NOTICES.c.code.not_in(["delivered", "unknown"]))
    return NOTICES.c.state == state.value


def _state_of(row: Any) -> DeliveryState:
    if row.state == "waiting" and row.code == "unseen":
        return DeliveryState.DELIVERED
    if row.state != "settled":
        return DeliveryState(row.state)
    return DeliveryState(row.code) if row.code in {"delivered", "unknown"} else DeliveryState.INBOX


def _history(connection: sa.Connection, notice: str) -> DeliveryHistory:
    row = connection.execute(sa.select(*SEEN).where(NOTICES.c.id == notice)).first()
    if row is None:
        raise NotFound("there is no such notice", ("notice",))
    delivery = _view(row, hand_over_views(connection, [notice])[notice])
    return DeliveryHistory(delivery=delivery, steps=steps_of(delivery))


def _view(row: Any, hand_overs: Sequence[DeliveryView]) -> Delivery:
    return Delivery(
        id=row.id,
        user=row.user,
        state=_state_of(row),
        code=row.code,
        critical=row.critical,
        requested_at=iso(row.created_at),
        release_at=iso(row.release_at) if row.state == "waiting" else None,
        arrived_at=iso_if_known(row.arrived_at),
        expires_at=iso(row.expires_at),
        holds=hold_views(row),
        hand_overs=hand_overs,
    )
