"""Rows of webhooks: what admins see of them, and address and secrets in the vault."""

from typing import Any

import msgspec
import sqlalchemy as sa

from contracts.integrations.webhooks import WebhookEvent, WebhookState, WebhookView
from contracts.refusals import NotFound
from kit.times import iso, iso_if_known
from services.integrations.tables import MESSAGES, WEBHOOKS
from services.integrations.vault.vault import Place, SealedSecret, Vault

BY_ADMIN = "an admin disabled it"
"""Why a webhook is disabled that did nothing wrong."""
FIELD = "webhook"
"""What the column of the secrets is called in the vault."""


class SealedWebhook(msgspec.Struct, frozen=True, kw_only=True):
    """What the vault holds of a webhook: its address, the secret that signs, and the one before the last rotation."""

    address: str
    secret: str
    old_secret: str | None = None

    def __repr__(self) -> str:
        """Return the text without any of it."""
        return "SealedWebhook()"


def place_of(webhook: str) -> Place:
    """Return where the secrets of a webhook stand; they are nobody's but the server's."""
    return Place("", "webhook", webhook, FIELD)


def sealed(vault: Vault, webhook: str, content: SealedWebhook) -> SealedSecret:
    """Return the content in the vault; raise Unavailable without a key."""
    return vault.seal(place_of(webhook), msgspec.json.encode(content))


def opened(vault: Vault, row: Any) -> SealedWebhook:
    """Return what the vault holds of a row; raise Unreadable, Unavailable."""
    found = vault.open(place_of(row.id), row.data_key, row.sealed)
    return msgspec.json.decode(found, type=SealedWebhook)


def webhook_row(connection: sa.Connection, webhook: str) -> Any:
    """Return the row of a webhook; raise NotFound."""
    row = connection.execute(sa.select(WEBHOOKS).where(WEBHOOKS.c.id == webhook)).first()
    if row is None:
        raise NotFound("there is no such webhook", ("webhook",))
    return row


def waiting_by_webhook(connection: sa.Connection, webhook: str | None = None) -> dict[str, int]:
    """Return how many messages wait, by webhook: of all that have any, or of one."""
    counted = sa.select(MESSAGES.c.webhook, sa.func.count().label("number")).where(MESSAGES.c.next_at.is_not(None))
    chosen = counted if webhook is None else counted.where(MESSAGES.c.webhook == webhook)
    return {row.webhook: row.number for row in connection.execute(chosen.group_by(MESSAGES.c.webhook))}


def webhook_view(row: Any, waiting: int) -> WebhookView:
    """Return a webhook as admins see it."""
    return WebhookView(
        id=row.id,
        label=row.label,
        origin=row.origin,
        events=[WebhookEvent(event) for event in row.events],
        state=WebhookState(row.state),
        reason=row.reason,
        made_at=iso(row.made_at),
        rotated_at=iso_if_known(row.rotated_at),
        old_secret_until=iso_if_known(row.old_until),
        delivered_at=iso_if_known(row.delivered_at),
        failing_since=iso_if_known(row.failing_since),
        waiting=waiting,
    )
