"""Rows of connections: what their user sees of them, sealed, and the secret in the vault."""

from typing import Any

import msgspec
import sqlalchemy as sa

from contracts.integrations.connections import (
    ConnectionProvider,
    ConnectionState,
    SyncReport,
    SyncWebhookUse,
    UserConnection,
)
from contracts.modules.sealing import Sealer
from contracts.refusals import NotFound
from kit.sealed import SealedColumn
from kit.times import iso, iso_if_known
from services.integrations.calendars.busy_time import BusyTime
from services.integrations.connectors.connector import Cursor
from services.integrations.tables import CHANNELS, CONNECTIONS, ITEMS, SYNC_MESSAGES, SYNC_WEBHOOKS

GRANT_FIELD = "grant"
"""What the column of the secret is called in the vault."""
REVOKING = "revoking"
"""The state of a row that its user removed and whose grant the provider is yet to end: nobody sees it."""
_SEEN = CONNECTIONS.c.state != REVOKING
_LAST = sa.select(sa.func.max(SYNC_MESSAGES.c.received_at)).where(SYNC_MESSAGES.c.webhook == CONNECTIONS.c.id)
_CHOSEN = sa.select(
    CONNECTIONS,
    SYNC_WEBHOOKS.c.made_at.label("webhook_made_at"),
    SYNC_WEBHOOKS.c.old_until.label("webhook_old_until"),
    _LAST.scalar_subquery().label("webhook_used_at"),
).outerjoin(SYNC_WEBHOOKS, SYNC_WEBHOOKS.c.id == CONNECTIONS.c.id)
"""Connections with what their users see of the webhooks of these."""


class StoredDetails(msgspec.Struct, frozen=True, kw_only=True):
    """The content of the sealed column."""

    host: str
    time_zone: str
    cursor: Cursor = {}
    last_sync: SyncReport | None = None


SEALED = SealedColumn("integrations_connections ", StoredDetails)
BUSY = SealedColumn("integrations_connections busy ", BusyTime)


def row_of(connection: sa.Connection, user: str, id_: str) -> Any:
    """Return the row of a user's connection; raise NotFound for one that is not theirs."""
    chosen = _CHOSEN.where(CONNECTIONS.c.id == id_, CONNECTIONS.c.user == user, _SEEN)
    row = connection.execute(chosen).first()
    if row is None:
        raise not_found()
    return row


def not_found() -> NotFound:
    """Return what is raised about a connection that is not there, or not this user's."""
    return NotFound("there is no such connection of yours", ("connection",))


def rows_of(connection: sa.Connection, user: str) -> list[Any]:
    """Return the rows of all connections of a user, oldest first."""
    chosen = _CHOSEN.where(CONNECTIONS.c.user == user, _SEEN)
    return list(connection.execute(chosen.order_by(CONNECTIONS.c.connected_at, CONNECTIONS.c.id)))


def view_of(sealer: Sealer, row: Any) -> UserConnection:
    """Return a connection as its user sees it; raise Erased, Unreadable."""
    details = SEALED.open(sealer, row.user, row.id, row.sealed)
    return UserConnection(
        id=row.id,
        provider=ConnectionProvider(row.provider),
        state=ConnectionState(row.state),
        host=details.host,
        time_zone=details.time_zone,
        connected_at=iso(row.connected_at),
        last_sync=details.last_sync,
        next_sync_at=iso_if_known(row.next_sync_at),
        retry_at=iso_if_known(row.retry_at),
        webhook=_webhook_of(row),
    )


def _webhook_of(row: Any) -> SyncWebhookUse | None:
    if row.webhook_made_at is None:
        return None
    return SyncWebhookUse(
        made_at=iso(row.webhook_made_at),
        used_at=iso_if_known(row.webhook_used_at),
        old_until=iso_if_known(row.webhook_old_until),
    )


def delete(connection: sa.Connection, row: Any) -> None:
    """Delete a connection with its items, its webhook, its channel, its secret and the key of that."""
    delete_webhook(connection, row.id)
    connection.execute(CHANNELS.delete().where(CHANNELS.c.connection == row.id))
    connection.execute(ITEMS.delete().where(ITEMS.c.connection == row.id))
    connection.execute(CONNECTIONS.delete().where(CONNECTIONS.c.id == row.id))


def delete_webhook(connection: sa.Connection, id_: str) -> None:
    """Delete the webhook of a connection, if there is one, with its secrets and messages."""
    connection.execute(SYNC_MESSAGES.delete().where(SYNC_MESSAGES.c.webhook == id_))
    connection.execute(SYNC_WEBHOOKS.delete().where(SYNC_WEBHOOKS.c.id == id_))
