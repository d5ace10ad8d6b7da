"""Channels by which a provider says that a connection changed: opened, renewed before they end, and stopped."""

import hmac
import logging
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import sqlalchemy as sa

from contracts.integrations.connections import ConnectionProvider, ConnectionState
from contracts.modules.sealing import Erased, Sealer
from core.expected_error import ExpectedError
from kit.sealed import SealedColumn
from kit.sql.store import Store
from services.integrations.connections.items import keyed_hash
from services.integrations.connectors.connector import PullFailed, WatchedConnector
from services.integrations.oauth.grants import Grants
from services.integrations.tables import CHANNELS, CONNECTIONS

log = logging.getLogger(__name__)
DAY_S = 86_400.0
CHANNEL_S, SHORTEST_S, LONGEST_S = 7 * DAY_S, 3_600.0, 31 * DAY_S
"""How long a channel is wanted, and what is believed of the provider's word for it."""
RENEWED_S = DAY_S
"""A channel is replaced when so much of its time is left, or half of it where that is less."""
FIRST_RETRY_S, LONGEST_RETRY_S = 3_600.0, DAY_S
RAISED_AFTER = 3
"""Failures in a row after which operators are shown that there is no channel."""
NONE, NOTHING = "", b""
"""The name of a channel that there is not, which no message can have, and what is stored of it."""
RESOURCE = SealedColumn("integrations_channels ", str)


def channel_token(key: bytes, name: str) -> str:
    """Return the 64 hex digits by which messages of a channel prove themselves: only this server can make them."""
    return hmac.digest(key, msgspec.json.encode(["channel", name]), "sha256").hex()


def account_name(key: bytes, provider: str, account: str) -> str:
    """Return by which name a connection is found that is to this account of a provider."""
    return keyed_hash(key, "account", provider, account)


class Channels:
    """Channels of connections on one store; `connectors` are those whose providers have them."""

    def __init__(
        self,
        store: Store,
        sealer: Sealer,
        grants: Grants,
        key: bytes,
        connectors: Mapping[ConnectionProvider, WatchedConnector],
        clock: Callable[[], float],
        ids: Callable[[], str],
    ) -> None:
        self._store, self._sealer, self._grants, self._key = store, sealer, grants, key
        self._connectors, self._clock, self._ids = connectors, clock, ids

    def watch_due(self) -> bool:
        """Open a channel that is not there yet, or replace one that ends soon; return whether there was one.

        A provider that opens none is asked again later and later: its connections are read all the same.
        """
        watched = [name.value for name, each in self._connectors.items() if each.sends_to is not None]
        if not watched:
            return False
        due = (
            CONNECTIONS.c.provider.in_(watched),
            CONNECTIONS.c.state == ConnectionState.CONNECTED.value,
            CONNECTIONS.c.synced_at.is_not(None),
            sa.or_(CHANNELS.c.connection.is_(None), CHANNELS.c.next_at <= self._clock()),
        )
        both = CONNECTIONS.outerjoin(CHANNELS, CHANNELS.c.connection == CONNECTIONS.c.id)
        with self._store.reading() as connection:
            row = connection.execute(sa.select(CONNECTIONS).select_from(both).where(*due).limit(1)).first()
            before = None if row is None else _channel(connection, row.id)
        if row is None:
            return False
        try:
            self._replace(row, before)
        except (PullFailed, ExpectedError) as failed:  # or a key of the vault is missing, say
            self._later(row, failed.code)
        except Erased:  # their connections go soon: until then no channel is opened again and again
            self._later(row, "GONE")
        return True

    def stop(self, id_: str) -> None:
        """Have nothing more sent for a connection, if its provider answers: else its channel ends by itself in days.

        Until then its messages are refused as those of a channel that never was.
        """
        with self._store.reading() as connection:
            row = connection.execute(sa.select(CONNECTIONS).where(CONNECTIONS.c.id == id_)).first()
            channel = _channel(connection, id_)
        if row is not None and channel is not None:
            self._stop(row, channel)

    def _replace(self, row: Any, before: Any) -> None:
        """Open a channel, store it, and stop the one before: messages of the new one count once it is stored."""
        connector, name = self._connectors[ConnectionProvider(row.provider)], self._ids()
        token = channel_token(self._key, name)
        opened = self._grants.used(row, lambda secret: connector.watch(secret, name, token, CHANNEL_S))
        now = self._clock()
        lasts_s = CHANNEL_S if opened.ends_at is None else opened.ends_at - now
        lasts_s = min(max(lasts_s, SHORTEST_S), LONGEST_S)
        try:
            sealed = RESOURCE.seal(self._sealer, row.user, row.id, opened.resource)
        except Erased:
            self._stop_at(row, name, opened.resource)
            raise
        values = {
            "name": name,
            "sealed": sealed,
            "ends_at": now + lasts_s,
            "next_at": now + lasts_s - min(RENEWED_S, lasts_s / 2),
            "failures": 0,
        }
        if self._put(row, before, values):
            if before is not None:
                self._stop(row, before)
        else:  # the connection ended meanwhile, or another process was first
            with self._store.reading() as connection:
                current = _channel(connection, row.id)
            if current is None or current.name != name:
                self._stop_at(row, name, opened.resource)

    def _put(self, row: Any, before: Any, values: Mapping[str, Any]) -> bool:
        """Store what is known of a channel over what was; return False where another did, or the connection ended."""
        there = CONNECTIONS.c.id == row.id, CONNECTIONS.c.state == ConnectionState.CONNECTED.value
        with self._store.writing() as connection:
            if connection.execute(sa.select(CONNECTIONS.c.id).where(*there)).first() is None:
                return False
            if before is None:
                if _channel(connection, row.id) is not None:
                    return False
                new = {"connection": row.id, "user": row.user, "provider": row.provider}
                connection.execute(CHANNELS.insert(), new | dict(values))
                return True
            same = CHANNELS.c.connection == row.id, CHANNELS.c.name == before.name
            return connection.execute(CHANNELS.update().where(*same).values(values)).rowcount == 1

    def _later(self, row: Any, code: str) -> None:
        """Note that no channel was opened; the one before, if there is one, goes on until it ends."""
        log.warning("%s opens no channel: %s", row.provider, code)
        with self._store.reading() as connection:
            before = _channel(connection, row.id)
        failures = 0 if before is None else before.failures
        wait_s = min(FIRST_RETRY_S * 2 ** min(failures, 10), LONGEST_RETRY_S)
        values: dict[str, Any] = {"failures": failures + 1, "next_at": self._clock() + wait_s}
        if before is None:
            values |= {"name": NONE, "sealed": NOTHING}
        self._put(row, before, values)

    def _stop(self, row: Any, channel: Any) -> None:
        if channel.sealed == NOTHING or channel.ends_at <= self._clock():
            return
        try:
            resource = RESOURCE.open(self._sealer, row.user, row.id, channel.sealed)
        except (ExpectedError, Erased, msgspec.ValidationError) as error:
            log.warning("a channel ends by itself: %s", type(error).__name__)
            return
        self._stop_at(row, channel.name, resource)

    def _stop_at(self, row: Any, name: str, resource: str) -> None:
        connector = self._connectors.get(ConnectionProvider(row.provider))
        if connector is None:
            return
        try:
            self._grants.used(row, lambda secret: connector.stop(secret, name, resource))
        except (PullFailed, ExpectedError) as failed:
            log.warning("a channel at %s ends by itself: %s", row.provider, failed.code)


def renew(connection: sa.Connection, id_: str) -> None:
    """Have the channel of a connection replaced soon, for its grant may be another account's now."""
    opened = CHANNELS.c.connection == id_, CHANNELS.c.next_at.is_not(None)
    connection.execute(CHANNELS.update().where(*opened).values(next_at=0.0))


def note_account(connection: sa.Connection, of: Any, name: str) -> None:
    """Note by which name a provider's messages are about a connection's row."""
    if connection.execute(CHANNELS.update().where(CHANNELS.c.connection == of.id).values(name=name)).rowcount == 0:
        row = {"connection": of.id, "user": of.user, "provider": of.provider, "name": name, "sealed": NOTHING}
        connection.execute(CHANNELS.insert(), row | {"failures": 0})


def forget_account(connection: sa.Connection, id_: str) -> None:
    """Delete by which name messages are about a connection; a channel stays, for it is to be stopped."""
    connection.execute(CHANNELS.delete().where(CHANNELS.c.connection == id_, CHANNELS.c.next_at.is_(None)))


def _channel(connection: sa.Connection, id_: str) -> Any:
    return connection.execute(sa.select(CHANNELS).where(CHANNELS.c.connection == id_)).first()
