"""Outgoing webhooks as admins make, look at and remove them."""

import re
import secrets
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from contracts.integrations.webhooks import (
    LONGEST_ADDRESS,
    LONGEST_LABEL,
    MOST_WEBHOOKS,
    AttemptView,
    MessageState,
    MessageView,
    SecretWebhook,
    WebhookEvent,
    WebhookState,
    WebhookView,
)
from contracts.module import ModuleContext
from contracts.paging import Page, PageRequest
from contracts.refusals import Conflict, InvalidInput, NotFound
from kit.egress.targets import Target, TargetRefused, read_target
from kit.paging import key_after, page_of
from kit.signed_messages import new_secret
from kit.sql.store import Store
from kit.times import iso, iso_if_known
from services.integrations.tables import MESSAGES, WEBHOOKS
from services.integrations.vault.vault import Vault
from services.integrations.webhooks.event_intake import body_of, message_id
from services.integrations.webhooks.message_queue import Attempt, add_message, disable, send_again
from services.integrations.webhooks.stored import (
    BY_ADMIN,
    SealedWebhook,
    opened,
    sealed,
    waiting_by_webhook,
    webhook_row,
    webhook_view,
)

TEST = "webhook.test"
OLD_SECRET_S = 86_400.0
"""How long the secret before a rotation signs beside the new one."""
LABEL = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]*")


class OutgoingWebhooks:
    """Implements contracts.integrations.webhooks.WebhookAdministration on the module's store."""

    def __init__(
        self,
        context: ModuleContext,
        store: Store,
        vault: Vault,
        random_bytes: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._hooks, self._hook_context, self._hook_vault = store, context, vault
        self._hook_bytes = random_bytes

    def webhooks(self) -> Sequence[WebhookView]:
        """Return the webhooks by when they were made, at most 50."""
        with self._hooks.reading() as connection:
            waiting = waiting_by_webhook(connection)
            rows = connection.execute(sa.select(WEBHOOKS).order_by(WEBHOOKS.c.made_at, WEBHOOKS.c.id)).all()
        return [webhook_view(row, waiting.get(row.id, 0)) for row in rows]

    def make_webhook(self, address: str, events: Sequence[WebhookEvent], label: str, by: str) -> SecretWebhook:
        """Make a webhook with a new secret; raise InvalidInput, Conflict."""
        context = self._hook_context
        target, text = self._target(address), _label(label)
        if not events:
            raise InvalidInput("choose at least one event that it is notified of", ("events",))
        id_, secret = context.ids(), new_secret(self._hook_bytes)
        content = SealedWebhook(address=f"{target.origin}{target.path}", secret=secret)
        in_vault = sealed(self._hook_vault, id_, content)
        row = {
            "id": id_,
            "label": text,
            "origin": target.origin,
            "events": sorted({WebhookEvent(event).value for event in events}),
            "state": WebhookState.ENABLED.value,
            "reason": "",
            "made_by": by,
            "made_at": context.clock(),
            "kek": in_vault.kek,
            "data_key": in_vault.data_key,
            "sealed": in_vault.sealed,
        }
        with self._hooks.writing() as connection:
            count = connection.execute(sa.select(sa.func.count()).select_from(WEBHOOKS)).scalar_one()
            if count >= MOST_WEBHOOKS:
                raise Conflict(f"{MOST_WEBHOOKS} webhooks are the most: remove one first")
            connection.execute(WEBHOOKS.insert(), row)
            return SecretWebhook(webhook=webhook_view(webhook_row(connection, id_), 0), secret=secret)

    def test_webhook(self, webhook: str) -> MessageView:
        """Have a test sent; raise NotFound, Conflict."""
        now, id_ = self._hook_context.clock(), message_id(self._hook_context.ids())
        with self._hooks.writing() as connection:
            if webhook_row(connection, webhook).state != WebhookState.ENABLED:
                raise Conflict("this webhook is disabled: enable it first", ("webhook",))
            add_message(connection, webhook, id_, TEST, body_of(TEST, iso(now), {"webhook": webhook}), now, None)
            return _message_view(_message_row(connection, id_))

    def send_message_again(self, message: str) -> MessageView:
        """Let a message wait again that does not; raise NotFound, Conflict."""
        now = self._hook_context.clock()
        with self._hooks.writing() as connection:
            row = _message_row(connection, message)
            if row.next_at is not None:
                raise Conflict("this message waits already: it is sent at its time", ("message",))
            if webhook_row(connection, row.webhook).state != WebhookState.ENABLED:
                raise Conflict("its webhook is disabled: enable it first", ("message",))
            send_again(connection, message, now)
            return _message_view(_message_row(connection, message))

    def rotate_webhook(self, webhook: str) -> SecretWebhook:
        """Make a new secret and return it; raise NotFound, Conflict, Unavailable, Unreadable.

        It is sealed before the transaction: the key may come from a service, which no writer waits for.
        """
        secret, now = new_secret(self._hook_bytes), self._hook_context.clock()
        with self._hooks.reading() as connection:
            row = webhook_row(connection, webhook)
        before = opened(self._hook_vault, row)
        content = SealedWebhook(address=before.address, secret=secret, old_secret=before.secret)
        in_vault = sealed(self._hook_vault, webhook, content)
        values: dict[str, Any] = {"kek": in_vault.kek, "data_key": in_vault.data_key, "sealed": in_vault.sealed}
        values |= {"rotated_at": now, "old_until": now + OLD_SECRET_S}
        same = WEBHOOKS.c.id == webhook, WEBHOOKS.c.sealed == row.sealed
        with self._hooks.writing() as connection:
            webhook_row(connection, webhook)
            if connection.execute(WEBHOOKS.update().where(*same).values(values)).rowcount == 0:
                raise Conflict("this webhook was given another secret meanwhile: look at it again", ("webhook",))
            return SecretWebhook(webhook=_seen(connection, webhook), secret=secret)

    def disable_webhook(self, webhook: str) -> WebhookView:
        """Mark it as disabled, with what waits for it; raise NotFound."""
        with self._hooks.writing() as connection:
            if webhook_row(connection, webhook).state == WebhookState.ENABLED:
                disable(connection, webhook, BY_ADMIN, self._hook_context.clock())
            return _seen(connection, webhook)

    def enable_webhook(self, webhook: str) -> WebhookView:
        """Let messages to it be made again; raise NotFound."""
        enabled = {"state": WebhookState.ENABLED.value, "reason": "", "failing_since": None}
        with self._hooks.writing() as connection:
            webhook_row(connection, webhook)
            connection.execute(WEBHOOKS.update().where(WEBHOOKS.c.id == webhook).values(enabled))
            return _seen(connection, webhook)

    def remove_webhook(self, webhook: str) -> WebhookView:
        """Delete a webhook with all that is of it; raise NotFound."""
        with self._hooks.writing() as connection:
            row = webhook_row(connection, webhook)
            connection.execute(MESSAGES.delete().where(MESSAGES.c.webhook == webhook))
            connection.execute(WEBHOOKS.delete().where(WEBHOOKS.c.id == webhook))
        return webhook_view(row, 0)

    def webhook_messages(self, request: PageRequest) -> Page[MessageView]:
        """Return messages, newest first; raise InvalidCursor."""
        query = sa.select(MESSAGES).where(*_chosen(request.where.get("webhook"), request.where.get("state")))
        if (after := key_after(request, (int, float), str)) is not None:
            query = query.where(sa.tuple_(MESSAGES.c.made_at, MESSAGES.c.id) < sa.tuple_(*map(sa.literal, after)))
        newest = query.order_by(MESSAGES.c.made_at.desc(), MESSAGES.c.id.desc()).limit(request.first + 1)
        with self._hooks.reading() as connection:
            rows = connection.execute(newest).all()
        return page_of(rows, request.first, lambda row: (row.made_at, row.id), _message_view)

    def count_webhook_messages(self, webhook: str | None, state: str | None) -> int:
        """Return how many messages are under the filter."""
        counted = sa.select(sa.func.count()).select_from(MESSAGES).where(*_chosen(webhook, state))
        with self._hooks.reading() as connection:
            return int(connection.execute(counted).scalar_one())

    def _target(self, address: str) -> Target:
        given = address.strip()
        if len(given) > LONGEST_ADDRESS:
            raise InvalidInput(f"the address has {len(given)} characters: at most {LONGEST_ADDRESS}", ("address",))
        try:
            return read_target(given, self._hook_context.egress_exceptions, ("address",))
        except TargetRefused as error:
            says = f"{error}; for one inside, its operator names HOST:PORT in egress_exceptions of [up]"
            raise InvalidInput(says, ("address",)) from None


def _seen(connection: sa.Connection, webhook: str) -> WebhookView:
    return webhook_view(webhook_row(connection, webhook), waiting_by_webhook(connection, webhook).get(webhook, 0))


def _message_row(connection: sa.Connection, message: str) -> Any:
    row = connection.execute(sa.select(MESSAGES).where(MESSAGES.c.id == message)).first()
    if row is None:
        raise NotFound("there is no such message", ("message",))
    return row


def _label(given: str) -> str:
    text = given.strip()
    if len(text) > LONGEST_LABEL or not LABEL.fullmatch(text):
        raise InvalidInput(f"write a label of one line, at most {LONGEST_LABEL} characters", ("label",))
    return text


def _chosen(webhook: str | None, state: str | None) -> list[sa.ColumnElement[bool]]:
    chosen = [] if webhook is None else [MESSAGES.c.webhook == webhook]
    return chosen if state is None else [*chosen, MESSAGES.c.state == state]


def _message_view(row: Any) -> MessageView:
    attempts = msgspec.convert(row.log, list[Attempt])
    return MessageView(
        id=row.id,
        webhook=row.webhook,
        type=row.type,
        body=row.body,
        state=MessageState(row.state),
        made_at=iso(row.made_at),
        next_at=iso_if_known(row.next_at),
        ended_at=iso_if_known(row.ended_at),
        attempts=[AttemptView(at=iso(a.at), outcome=a.outcome, status=a.status, took_ms=a.took_ms) for a in attempts],
    )
