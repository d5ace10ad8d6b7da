"""Messages of webhooks as they wait: made with their event, claimed for an attempt, settled by what came of it."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import sqlalchemy as sa

from contracts.integrations.webhooks import MOST_WAITING, MessageState, WebhookState
from kit.sql.store import Store
from services.integrations.tables import MESSAGES, WEBHOOKS
from services.integrations.webhooks.admin_notices import AdminNotices
from services.integrations.webhooks.retry_schedule import LIFE_S, next_attempt
from services.integrations.webhooks.sender import SendResult

CLAIM_S = 60.0
"""How long an attempt has at most; of one that was killed the message is sent again after it, under the same id."""
MOST_LOGGED = 5_000
"""Messages of a webhook that are on record; beyond them the oldest that do not wait go."""
LAST_ATTEMPTS = 20


class Attempt(msgspec.Struct, frozen=True):
    """One request as it is stored; `at` is in Unix seconds."""

    at: float
    outcome: str
    status: int | None
    took_ms: int


@dataclass(frozen=True)
class ClaimedMessage:
    """A message that nobody else sends meanwhile, and the row of its webhook."""

    row: Any
    webhook: Any
    until: float


def add_message(
    connection: sa.Connection, webhook: str, id_: str, type_: str, body: bytes, now: float, event: str | None
) -> None:
    """Have a message sent, or note that too many wait already, in the caller's transaction."""
    of = MESSAGES.c.webhook == webhook
    waiting = sa.select(sa.func.count()).select_from(MESSAGES).where(of, MESSAGES.c.next_at.is_not(None))
    is_full = connection.execute(waiting).scalar_one() >= MOST_WAITING
    refused = [Attempt(now, f"not sent: {MOST_WAITING} messages wait already", None, 0)]
    connection.execute(
        MESSAGES.insert().values(
            id=id_,
            webhook=webhook,
            event=event,
            type=type_,
            body=body.decode(),
            state=(MessageState.FAILED if is_full else MessageState.WAITING).value,
            made_at=now,
            until=now + LIFE_S,
            attempts=0,
            next_at=None if is_full else now,
            claimed_until=0.0,
            ended_at=now if is_full else None,
            log=msgspec.to_builtins(refused if is_full else []),
        )
    )
    _drop_oldest(connection, of)


def _drop_oldest(connection: sa.Connection, of: sa.ColumnElement[bool]) -> None:
    count = connection.execute(sa.select(sa.func.count()).select_from(MESSAGES).where(of)).scalar_one()
    if count > MOST_LOGGED:
        ended = sa.select(MESSAGES.c.id).where(of, MESSAGES.c.next_at.is_(None)).order_by(MESSAGES.c.made_at)
        connection.execute(MESSAGES.delete().where(MESSAGES.c.id.in_(ended.limit(count - MOST_LOGGED))))


class MessageQueue:
    """The messages of one store; `clock` gives Unix seconds, `chance` spreads retries."""

    def __init__(
        self,
        store: Store,
        clock: Callable[[], float],
        notices: AdminNotices,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._store, self._clock, self._notices, self._chance = store, clock, notices, chance

    def claim(self, most: int, under_way: Mapping[str, int], each: int) -> Sequence[ClaimedMessage]:
        """Take messages that are due, at most so many, of each webhook so many with those under way, oldest first."""
        now = self._clock()
        is_due = sa.and_(MESSAGES.c.next_at <= now, MESSAGES.c.claimed_until <= now)
        first = sa.func.min(MESSAGES.c.next_at)
        webhooks = sa.select(MESSAGES.c.webhook).where(is_due).group_by(MESSAGES.c.webhook).order_by(first)
        with self._store.reading() as connection:
            due = [each_ for each_ in connection.execute(webhooks).scalars() if under_way.get(each_, 0) < each]
        claimed: list[ClaimedMessage] = []
        if not due or most <= 0:
            return claimed
        with self._store.writing() as connection:
            for webhook in due:
                places = min(each - under_way.get(webhook, 0), most - len(claimed))
                claimed += self._claimed(connection, webhook, is_due, places, now)
        return claimed

    def _claimed(
        self, connection: sa.Connection, webhook: str, is_due: sa.ColumnElement[bool], places: int, now: float
    ) -> list[ClaimedMessage]:
        oldest = sa.select(MESSAGES).where(MESSAGES.c.webhook == webhook, is_due).order_by(MESSAGES.c.next_at)
        rows = connection.execute(oldest.limit(places)).all() if places > 0 else []
        if not rows:
            return []
        of = connection.execute(sa.select(WEBHOOKS).where(WEBHOOKS.c.id == webhook)).one()
        if of.state != WebhookState.ENABLED:  # disabled while an event was being delivered
            _end_waiting(connection, webhook, now)
            return []
        until = now + CLAIM_S
        mine = MESSAGES.update().where(MESSAGES.c.id.in_([row.id for row in rows]))
        connection.execute(mine.values(claimed_until=until))
        return [ClaimedMessage(row, of, until) for row in rows]

    def settle(self, claim: ClaimedMessage, result: SendResult, took_s: float) -> None:
        """Write down what came of an attempt, unless somebody else has done so; it may disable the webhook."""
        now, row = self._clock(), claim.row
        mine = sa.and_(MESSAGES.c.id == row.id, MESSAGES.c.claimed_until == claim.until)
        attempts = row.attempts + 1
        done = Attempt(now, result.outcome or "taken", result.status, round(took_s * 1_000))
        log = [*row.log, msgspec.to_builtins(done)][-LAST_ATTEMPTS:]
        again = None
        if not result.is_taken and not result.ends_webhook:
            again = next_attempt(attempts, now, row.until, self._chance(), result.retry_after_s)
        admins = () if result.is_taken or again is not None else self._notices.recipients()
        with self._store.writing() as connection:
            values = {"attempts": attempts, "log": log, "claimed_until": 0.0, "next_at": again}
            if again is None:
                state = MessageState.DELIVERED if result.is_taken else MessageState.FAILED
                values |= {"state": state.value, "ended_at": now}
            if connection.execute(MESSAGES.update().where(mine).values(values)).rowcount == 0:
                return
            why = _settled_webhook(connection, claim, result, again, now)
            if why is not None:
                disable(connection, row.webhook, why, now)
                named = f"{claim.webhook.label} ({claim.webhook.origin})".strip()
                self._notices.request(connection, admins, named, why, now)


def _settled_webhook(
    connection: sa.Connection, claim: ClaimedMessage, result: SendResult, again: float | None, now: float
) -> str | None:
    """Write down how the webhook does; return why it is to be disabled, None where it is not."""
    of = WEBHOOKS.c.id == claim.row.webhook
    if result.is_taken:
        connection.execute(WEBHOOKS.update().where(of).values(delivered_at=now, failing_since=None))
        return None
    failing = WEBHOOKS.update().where(of, WEBHOOKS.c.failing_since.is_(None))
    connection.execute(failing.values(failing_since=now))
    webhook = connection.execute(sa.select(WEBHOOKS).where(of)).one()
    if webhook.state != WebhookState.ENABLED:
        return None
    if result.ends_webhook:
        return "its receiver answered 410"
    took_none = webhook.delivered_at is None or webhook.delivered_at < claim.row.until - LIFE_S
    return "its receiver took nothing for three days" if again is None and took_none else None


def send_again(connection: sa.Connection, message: str, now: float) -> None:
    """Have a message that was delivered or failed sent again, as if it were new, under its id."""
    waiting = {"state": MessageState.WAITING.value, "next_at": now, "until": now + LIFE_S, "attempts": 0}
    again = MESSAGES.update().where(MESSAGES.c.id == message)
    connection.execute(again.values(**waiting, claimed_until=0.0, ended_at=None))


def disable(connection: sa.Connection, webhook: str, why: str, now: float) -> None:
    """Mark a webhook as disabled and end what waits for it, which a person may send again later."""
    disabled = {"state": WebhookState.DISABLED.value, "reason": why}
    connection.execute(WEBHOOKS.update().where(WEBHOOKS.c.id == webhook).values(disabled))
    _end_waiting(connection, webhook, now)


def _end_waiting(connection: sa.Connection, webhook: str, now: float) -> None:
    waiting = sa.and_(MESSAGES.c.webhook == webhook, MESSAGES.c.next_at.is_not(None))
    ended = {"state": MessageState.FAILED.value, "next_at": None, "ended_at": now, "claimed_until": 0.0}
    connection.execute(MESSAGES.update().where(waiting).values(ended))
