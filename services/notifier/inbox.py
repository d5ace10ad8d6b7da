"""The app's inbox: the notices that arrived, in pages, and what their user says of them."""

from collections.abc import Callable
from typing import Any

import msgspec
import sqlalchemy as sa

from contracts.modules.events import Bus, Event, TipOpenedV1
from contracts.modules.notices import InboxNotice, NoticeMarks, NoticePage, NoticeQuery, Shown
from contracts.modules.sealing import Unreadable, UserSealer
from contracts.paging import InvalidCursor
from contracts.refusals import NotFound
from kit.sql.store import Store
from kit.times import iso, iso_if_known
from services.notifier.requests import said_of
from services.notifier.tables import NOTICES

_HERE = sa.and_(
    NOTICES.c.user == sa.bindparam("whose"),
    NOTICES.c.arrived_at.is_not(None),
    NOTICES.c.expires_at > sa.bindparam("now"),
)
_SHOWN = {
    Shown.UNREAD: sa.and_(_HERE, NOTICES.c.archived_at.is_(None), NOTICES.c.read_at.is_(None)),
    Shown.INBOX: sa.and_(_HERE, NOTICES.c.archived_at.is_(None)),
    Shown.ARCHIVED: sa.and_(_HERE, NOTICES.c.archived_at.is_not(None)),
}
_LATEST = (NOTICES.c.arrived_at.desc(), NOTICES.c.id.desc())
_COUNT = sa.select(sa.func.count()).select_from(NOTICES).where(_SHOWN[Shown.UNREAD])


class AppInbox:
    """Reads and marks the rows of one user at a time; `ids()` is a random UUID as text."""

    def __init__(
        self, store: Store, sealer: UserSealer, bus: Bus, clock: Callable[[], float], ids: Callable[[], str]
    ) -> None:
        self._store, self._sealer, self._bus, self._clock, self._ids = store, sealer, bus, clock, ids

    def page(self, user: str, query: NoticeQuery) -> NoticePage:
        """Return a page, latest first; raise InvalidCursor for an `after` that is no notice of the user's."""
        now = self._clock()
        whose: dict[str, Any] = {"whose": user, "now": now}
        chosen = sa.select(NOTICES).where(_SHOWN[query.show]).order_by(*_LATEST).limit(query.first + 1)
        with self._store.reading() as connection:
            if query.after is not None:
                chosen = chosen.where(_following(connection, user, query.after))
            found = connection.execute(chosen, whose).all()
            unread = connection.execute(_COUNT, whose).scalar_one()
        page = found[: query.first]
        shown = [notice for row in page if (notice := self._readable(row)) is not None]
        return NoticePage(notices=shown, unread=unread, next=page[-1].id if len(found) > query.first else None)

    def mark(self, user: str, notice: str, marks: NoticeMarks) -> InboxNotice:
        """Mark one notice; what is so already stays as it was. Raise NotFound for one that is not in the inbox."""
        now = self._clock()
        one = sa.and_(_HERE, NOTICES.c.id == notice)
        with self._store.writing() as connection:
            row = connection.execute(sa.select(NOTICES).where(one), {"whose": user, "now": now}).first()
            if row is None:
                raise NotFound("there is no such notice in your inbox", ("notice",))
            if changed := _changes(row, marks, now):
                connection.execute(NOTICES.update().where(NOTICES.c.id == notice).values(changed))
                row = connection.execute(sa.select(NOTICES).where(NOTICES.c.id == notice)).one()
            found = self._notice(row)
            if "opened_at" in changed and found.decision is not None:
                self._bus.publish(connection, self._opened(user, found.decision, now))
        return found

    def read_all(self, user: str) -> int:
        """Mark what is unread as read; return how many those were."""
        now = self._clock()
        with self._store.writing() as connection:
            unread = NOTICES.update().where(_SHOWN[Shown.UNREAD]).values(read_at=now)
            return connection.execute(unread, {"whose": user, "now": now}).rowcount

    def _opened(self, user: str, decision: str, now: float) -> Event:
        return Event(id=self._ids(), source="/notifier", time=iso(now), data=TipOpenedV1(decision=decision), user=user)

    def _readable(self, row: Any) -> InboxNotice | None:
        """The notice of a row, None for one that is damaged: it hides no other. Raise Erased."""
        try:
            return self._notice(row)
        except (Unreadable, msgspec.DecodeError):
            return None

    def _notice(self, row: Any) -> InboxNotice:
        said = said_of(self._sealer, row)
        return InboxNotice(
            id=row.id,
            topic=said.topic,
            title=said.title,
            text=said.text,
            link=said.link,
            decision=said.decision,
            critical=row.critical,
            arrived_at=iso(row.arrived_at),
            expires_at=iso(row.expires_at),
            read_at=iso_if_known(row.read_at),
            opened_at=iso_if_known(row.opened_at),
            archived_at=iso_if_known(row.archived_at),
        )


def _following(connection: sa.Connection, user: str, after: str) -> sa.ColumnElement[bool]:
    arrived = connection.execute(
        sa.select(NOTICES.c.arrived_at).where(NOTICES.c.id == after, NOTICES.c.user == user)
    ).scalar()
    if arrived is None:
        raise InvalidCursor
    return sa.tuple_(NOTICES.c.arrived_at, NOTICES.c.id) < sa.tuple_(sa.literal(arrived), sa.literal(after))


def _changes(row: Any, marks: NoticeMarks, now: float) -> dict[str, float | None]:
    """The columns that the marks change."""
    wanted = {"read_at": marks.read, "archived_at": marks.archived, "opened_at": marks.opened or None}
    if marks.opened and marks.read is None:
        wanted["read_at"] = True
    return {
        column: now if said else None
        for column, said in wanted.items()
        if said is not None and said != (getattr(row, column) is not None)
    }
