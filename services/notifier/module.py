"""Notifier as routes and other processes see it: implements the Protocol of contracts.modules.notices."""

from collections.abc import Callable

import sqlalchemy as sa

from contracts.modules.events import Bus
from contracts.modules.notices import InboxNotice, NoticeMarks, NoticePage, NoticeQuery
from contracts.modules.sealing import Erased, UserSealer
from contracts.refusals import Conflict
from services.notifier.inbox import AppInbox
from services.notifier.store import notifier_store


class InboxErased(Conflict):
    """This user requested erasure: none of their notices can be read any more."""

    code = "GONE"


class NotifierModule:
    """Implements contracts.modules.notices.Notices; `clock` gives Unix seconds, `ids()` a random UUID as text."""

    def __init__(
        self, engine: sa.Engine, sealer: UserSealer, bus: Bus, *, clock: Callable[[], float], ids: Callable[[], str]
    ) -> None:
        self.store = notifier_store(engine)
        self._inbox = AppInbox(self.store, sealer, bus, clock, ids)

    def inbox(self, user: str, query: NoticeQuery) -> NoticePage:
        """Return a page of the user's inbox, latest first; raise InboxErased once their key was destroyed."""
        try:
            return self._inbox.page(user, query)
        except Erased:
            raise _user_erased() from None

    def mark(self, user: str, notice: str, marks: NoticeMarks) -> InboxNotice:
        """Mark one notice and return it as it is then; raise NotFound, InboxErased once their key was destroyed."""
        try:
            return self._inbox.mark(user, notice, marks)
        except Erased:
            raise _user_erased() from None

    def read_all(self, user: str) -> int:
        """Mark every unread notice as read; return how many there were."""
        return self._inbox.read_all(user)


def _user_erased() -> InboxErased:
    return InboxErased("this user was erased: nothing is stored of them any more")
