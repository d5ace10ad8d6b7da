"""The tables of integrations: classes of columns, retention, export and erasure."""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from contracts.modules.retention import Data, Record, TableRetention
from contracts.modules.sealing import Sealer, Unreadable
from kit.sql.retention import classes_of, delete_of_user, delete_older, delete_some, table_retention
from kit.times import iso
from services.integrations.connections.items import SEALED as ITEM
from services.integrations.connections.stored import rows_of, view_of
from services.integrations.tables import (
    AUTHORIZATIONS,
    CHANNELS,
    CONNECTIONS,
    ITEMS,
    MESSAGES,
    SYNC_MESSAGES,
    SYNC_WEBHOOKS,
    WEBHOOKS,
)
from services.integrations.webhooks.message_queue import MOST_LOGGED

DAY_S = 86_400.0
MESSAGE_DAYS, RECEIVED_DAYS = 30, 14


def integrations_retention(sealer: Sealer) -> Sequence[TableRetention]:
    """Return all tables, in the order in which rows may be erased."""
    return (
        *_of_webhooks(),
        table_retention(
            AUTHORIZATIONS,
            columns=classes_of(AUTHORIZATIONS, id=Data.SECRET, user=Data.USER, session=Data.SECRET),
            rule="until the provider sends the browser back, ten minutes at most; deleted with those over",
            prune=delete_older(AUTHORIZATIONS.c.expires_at, 0.0),
            export=_authorizations,
            erase=delete_of_user(AUTHORIZATIONS),
        ),
        *_of_messages(),
        table_retention(
            ITEMS,
            columns=classes_of(ITEMS, user=Data.USER, key=Data.SECRET, mark=Data.SECRET, sealed=Data.SEALED),
            rule="until a sync finds them no more, their connection ends, or the window that was read is over",
            prune=delete_older(ITEMS.c.covers_until, 0.0),
            export=lambda connection, user: _items(connection, sealer, user),
            erase=delete_of_user(ITEMS),
        ),
        table_retention(
            CONNECTIONS,
            columns=classes_of(
                CONNECTIONS,
                user=Data.USER,
                fingerprint=Data.SECRET,
                data_key=Data.SECRET,
                grant=Data.SECRET,
                sealed=Data.SEALED,
                busy=Data.SEALED,
            ),
            rule="until their user is erased, or disconnects and the provider has revoked; 10 a user at most",
            prune=None,
            export=lambda connection, user: _connections(connection, sealer, user),
            erase=delete_of_user(CONNECTIONS),
        ),
    )


def _of_messages() -> Sequence[TableRetention]:
    """What has a connection read sooner: its own webhook with the messages that came, and its provider's channel."""
    return (
        table_retention(
            SYNC_MESSAGES,
            columns=classes_of(SYNC_MESSAGES, user=Data.USER, message=Data.SECRET, hash=Data.SECRET),
            rule=f"{RECEIVED_DAYS} days, and no longer than their connection; 2,000 a day and connection",
            prune=delete_older(SYNC_MESSAGES.c.received_at, RECEIVED_DAYS * DAY_S),
            export=_received,
            erase=delete_of_user(SYNC_MESSAGES),
        ),
        table_retention(
            SYNC_WEBHOOKS,
            columns=classes_of(SYNC_WEBHOOKS, user=Data.USER, data_key=Data.SECRET, sealed=Data.SECRET),
            rule="until their user removes them, or the connection ends; one a connection",
            prune=None,
            export=_sync_webhooks,
            erase=delete_of_user(SYNC_WEBHOOKS),
        ),
        table_retention(
            CHANNELS,
            columns=classes_of(CHANNELS, user=Data.USER, name=Data.SECRET, sealed=Data.SEALED),
            rule="until their connection ends; one a connection",
            prune=None,
            export=_channels,
            erase=delete_of_user(CHANNELS),
        ),
    )


def _of_webhooks() -> tuple[TableRetention, TableRetention]:
    """The webhooks of the server stay when the admin who made one is erased, without that admin's id."""
    return (
        table_retention(
            MESSAGES,
            columns=classes_of(MESSAGES),
            rule=f"{MESSAGE_DAYS} days; {MOST_LOGGED} a webhook at most",
            prune=_prune_messages,
            export=None,
            erase=None,
        ),
        table_retention(
            WEBHOOKS,
            columns=classes_of(WEBHOOKS, made_by=Data.USER, data_key=Data.SECRET, sealed=Data.SECRET),
            rule="until an admin removes them; 50 at most",
            prune=None,
            export=_webhooks,
            erase=_forget_maker,
        ),
    )


def _prune_messages(connection: sa.Connection, now: float) -> int:
    old = MESSAGES.c.made_at < now - MESSAGE_DAYS * DAY_S
    return delete_some(connection, MESSAGES, old, MESSAGES.c.next_at.is_(None))


def _forget_maker(connection: sa.Connection, user: str) -> int:
    return connection.execute(WEBHOOKS.update().where(WEBHOOKS.c.made_by == user).values(made_by="")).rowcount


def _webhooks(connection: sa.Connection, user: str) -> Iterator[Record]:
    for row in connection.execute(sa.select(WEBHOOKS).where(WEBHOOKS.c.made_by == user).order_by(WEBHOOKS.c.id)):
        events = ", ".join(row.events)
        yield {"id": row.id, "label": row.label, "origin": row.origin, "events": events, "made_at": iso(row.made_at)}


def _authorizations(connection: sa.Connection, user: str) -> Iterator[Record]:
    for row in connection.execute(sa.select(AUTHORIZATIONS).where(AUTHORIZATIONS.c.user == user)):
        yield {"provider": row.provider, "time_zone": row.time_zone, "expires_at": iso(row.expires_at)}


def _received(connection: sa.Connection, user: str) -> Iterator[Record]:
    chosen = sa.select(SYNC_MESSAGES).where(SYNC_MESSAGES.c.user == user)
    for row in connection.execute(chosen.order_by(SYNC_MESSAGES.c.received_at)):
        yield {"connection": row.webhook, "message": row.message, "received_at": iso(row.received_at)}


def _sync_webhooks(connection: sa.Connection, user: str) -> Iterator[Record]:
    for row in connection.execute(sa.select(SYNC_WEBHOOKS).where(SYNC_WEBHOOKS.c.user == user)):
        yield {"connection": row.id, "made_at": iso(row.made_at)}


def _channels(connection: sa.Connection, user: str) -> Iterator[Record]:
    for row in connection.execute(sa.select(CHANNELS).where(CHANNELS.c.user == user)):
        ends_at = None if row.ends_at is None else iso(row.ends_at)
        yield {"connection": row.connection, "provider": row.provider, "ends_at": ends_at}


def _items(connection: sa.Connection, sealer: Sealer, user: str) -> Iterator[Record]:
    for row in connection.execute(sa.select(ITEMS).where(ITEMS.c.user == user).order_by(ITEMS.c.connection)):
        try:
            item = ITEM.open(sealer, user, f"{row.connection} {row.key}", row.sealed)
        except Unreadable:  # damaged, or of another home: the export says so and goes on
            yield {"connection": row.connection, "readable": False}
            continue
        yield {
            "connection": row.connection,
            "starts_at": iso(item.starts_at, "auto"),
            "ends_at": iso(item.ends_at, "auto"),
            "all_day": item.all_day,
            "busy": item.busy,
            "title": item.title,
        }


def _connections(connection: sa.Connection, sealer: Sealer, user: str) -> Iterator[Record]:
    for row in rows_of(connection, user):
        known: Record = {"id": row.id, "provider": row.provider, "state": row.state}
        try:
            view = view_of(sealer, row)
        except Unreadable:
            yield known | {"readable": False}
            continue
        yield known | {
            "host": view.host,
            "time_zone": view.time_zone,
            "connected_at": view.connected_at,
            "last_sync": None if view.last_sync is None else f"{view.last_sync.at}: {view.last_sync.says}",
        }
