"""The worker that sends the mails by which addresses are confirmed, each at most once unless the relay said later."""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
import sqlalchemy as sa

from contracts.modules.sealing import Erased, Unreadable, UserSealer
from kit.sql.store import Store
from services.notifier.channels.sender import HandOver, Notice, Sender, SendOutcome
from services.notifier.delivery.slots import BACKOFF_S, MOST_ATTEMPTS
from services.notifier.delivery.stoppable_calls import NOT_BEGUN, StoppableCalls
from services.notifier.mail_addresses.own_address import COUNTS_S, SEALED, confirmation_token
from services.notifier.mail_links.link_tokens import LinkTokens
from services.notifier.tables import CONFIRMATIONS

TEXT = (
    "Somebody, you we hope, entered this address so that the app sends its notices there. Open the link and confirm it "
    "within two days. If it was not you, do nothing: no other mail will come."
)


class ConfirmationMails:
    """What the worker does; the state `sending` is committed before the call, as for notices."""

    def __init__(
        self,
        store: Store,
        sealer: UserSealer,
        clock: Callable[[], float],
        sender: Sender,
        tokens: LinkTokens,
        calls: StoppableCalls | None = None,
    ) -> None:
        self._store, self._sealer, self._clock, self._sender, self._tokens = store, sealer, clock, sender, tokens
        self._calls = calls or StoppableCalls()

    def step(self) -> bool:
        """Send the mail that has waited longest; return whether there was one."""
        now = self._clock()
        due = sa.and_(CONFIRMATIONS.c.state == "waiting", CONFIRMATIONS.c.due_at <= now)
        oldest = sa.select(CONFIRMATIONS).where(due).order_by(CONFIRMATIONS.c.due_at).limit(1)
        with self._store.reading() as connection:
            if connection.execute(oldest).first() is None:
                return False
        with self._store.writing() as connection:
            row = connection.execute(oldest).first()
            if row is None:
                return False
            address = self._address(row) if row.created_at > now - COUNTS_S else None
            mine = CONFIRMATIONS.c.id == row.id
            begun = {"state": "refused" if address is None else "sending", "attempts": row.attempts + 1}
            connection.execute(CONFIRMATIONS.update().where(mine).values(begun))
        if address is not None:
            self._settle(row, asyncio.run(self._sent(row, address)))
        return True

    def stop(self) -> None:
        """Let a step that waits for the relay end soon, from another thread: what was not answered is unknown."""
        self._calls.stop()

    async def _sent(self, row: Any, address: str) -> HandOver:
        with self._calls.on_this_loop():
            return await self._calls.call(lambda: self._sender.send(self._mail(row), address))

    def _mail(self, row: Any) -> Notice:
        return Notice(
            id=row.id,
            topic="account",
            title="Confirm your address",
            text=TEXT,
            path=f"/v1/mail-confirmation/{confirmation_token(self._tokens, row.user, row.id, row.created_at)}",
        )

    def _settle(self, row: Any, done: HandOver) -> None:
        now, attempts = self._clock(), row.attempts + 1
        state = "sent" if done.outcome is SendOutcome.DELIVERED else done.outcome.value
        then: dict[str, Any] = {"state": state}
        if done is NOT_BEGUN:
            then = {"state": "waiting", "attempts": row.attempts}
        elif done.outcome is SendOutcome.LATER:
            then = {"state": "waiting" if attempts < MOST_ATTEMPTS else "refused"}
            then |= {"due_at": now + max(done.retry_after_s or 0.0, BACKOFF_S * 2**attempts)}
        mine = sa.and_(CONFIRMATIONS.c.id == row.id, CONFIRMATIONS.c.state == "sending")
        with self._store.writing() as connection:
            connection.execute(CONFIRMATIONS.update().where(mine).values(then))

    def _address(self, row: Any) -> str | None:
        try:
            return SEALED.open(self._sealer, row.user, row.id, row.sealed)
        except (Erased, Unreadable, msgspec.DecodeError):
            return None
