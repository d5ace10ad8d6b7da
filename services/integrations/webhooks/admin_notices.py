"""Notices to admins: a webhook was disabled, and why."""

import logging
from collections.abc import Callable, Sequence

import sqlalchemy as sa

from contracts.access.auth import Auth
from contracts.access.caller import Role
from contracts.module import ModuleContext
from contracts.modules.events import Event, NoticeRequestedV1
from contracts.modules.sealing import Erased
from contracts.paging import PageRequest
from contracts.refusals import Refusal
from kit.times import iso

TOPIC = "webhooks"
MOST = 100
"""Admins who get the notice."""
log = logging.getLogger(__name__)


def admins_of(context: ModuleContext) -> Callable[[], Sequence[str]]:
    """Return a function that gives the ids of admins; it raises Refusal while they cannot be read."""

    def admins() -> Sequence[str]:
        auth: Auth = context.service("auth")
        return [user.id for user in auth.users(PageRequest(first=MOST, where={"role": Role.ADMIN})).rows]

    return admins


class AdminNotices:
    """Requests a notice for each admin that `admins` gives."""

    def __init__(self, context: ModuleContext, admins: Callable[[], Sequence[str]]) -> None:
        self._bus, self._ids, self._admins = context.bus, context.ids, admins

    def recipients(self) -> Sequence[str]:
        """Return who gets notices, nobody while that cannot be read: the list of webhooks says it too."""
        try:
            return self._admins()
        except Refusal as refusal:
            log.warning("no admin gets a notice of a webhook: %s", refusal.code)
            return ()

    def request(self, connection: sa.Connection, to: Sequence[str], webhook: str, why: str, now: float) -> None:
        """Request that each of them hears that a webhook was disabled, in the caller's transaction."""
        said = NoticeRequestedV1(
            topic=TOPIC,
            title="A webhook was disabled",
            text=f"{webhook} gets no messages any more: {why}. Enable it again, or remove it.",
        )
        for admin in to:
            event = Event(id=self._ids(), source="/integrations", time=iso(now), data=said, user=admin)
            try:
                self._bus.publish(connection, event)
            except Erased:
                continue
