"""Notifier's part of the app's first screen."""

from collections.abc import Sequence
from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool

from contracts.access.caller import Caller
from contracts.modules.notices import InboxNotice, NoticeQuery, Notices, Shown

LATEST = 3


class NoticesSection(msgspec.Struct, frozen=True):
    """How many notices are unread, and the latest of them."""

    unread: int
    latest: Sequence[InboxNotice]


class NoticesHome:
    """Implements contracts.modules.home.HomeSection."""

    def __init__(self, notices: Notices) -> None:
        self._notices = notices

    async def __call__(self, caller: Caller, budget_s: float, /) -> Any:  # noqa: ARG002  # two reads of an index
        """What the caller's screen shows."""
        query = NoticeQuery(show=Shown.UNREAD, first=LATEST)
        page = await run_in_threadpool(self._notices.inbox, caller.subject, query)
        return NoticesSection(page.unread, page.notices)
