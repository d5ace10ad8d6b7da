"""Messages of providers' own webhooks: who proves to be the provider has connections read soon, and nothing else."""

import base64
import hmac
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from contracts.integrations.connections import ConnectionProvider, ProviderMessage, ProviderMessageReceipt
from kit.http.webhook_signatures import BadSignature
from kit.sql.store import Store
from kit.times import iso
from services.integrations.connections.stored import REVOKING
from services.integrations.connections.waking import wake, wakes_at
from services.integrations.connectors.connector import UNREADABLE
from services.integrations.oauth.client import OAuthClient
from services.integrations.provider_webhooks.channels import NONE, account_name, channel_token
from services.integrations.tables import CHANNELS, CONNECTIONS

CHANNEL, TOKEN, RESOURCE_STATE = "x-goog-channel-id", "x-goog-channel-token", "x-goog-resource-state"
SIGNATURE = "x-todoist-hmac-sha256"
FIELDS = {
    ConnectionProvider.GOOGLE_CALENDAR: (CHANNEL, TOKEN, RESOURCE_STATE),
    ConnectionProvider.TODOIST: (SIGNATURE,),
}
"""The header fields that a provider's messages are taken by."""
OPENED = "sync"
"""What Google says first on each channel: that it is open, and nothing of what is in the calendar."""
TASKS = "item:"
"""How the names of Todoist's events begin that are about tasks."""
MOST_WOKEN = 100
"""Connections to one account of a provider that a message has read: people share few."""


class _Event(msgspec.Struct, frozen=True):
    """What Todoist says, of which no more than whose tasks changed is looked at."""

    event_name: str
    user_id: str | int


class ProviderMessages:
    """Takes messages on one store; `clients` are the providers that this server is registered at."""

    def __init__(
        self,
        store: Store,
        key: bytes,
        clients: Mapping[ConnectionProvider, OAuthClient],
        clock: Callable[[], float],
    ) -> None:
        self._store, self._key, self._clients, self._clock = store, key, clients, clock

    def take(self, provider: ConnectionProvider, message: ProviderMessage) -> ProviderMessageReceipt:
        """Have what the message is about read soon, and return that it was taken; raise BadSignature.

        A message that comes again, or many of them, has a connection read no sooner than the first of them.
        """
        client = self._clients.get(provider)
        if client is None or provider not in FIELDS:
            raise _bad_signature()
        if provider is ConnectionProvider.TODOIST:
            self._by_signature(client, message)
        else:
            self._by_token(provider, message)
        return ProviderMessageReceipt(received_at=iso(self._clock()))

    def _by_token(self, provider: ConnectionProvider, message: ProviderMessage) -> None:
        """Google's: each channel has a token of its own, and no body."""
        name = message.headers.get(CHANNEL, NONE)
        if not _same(message.headers.get(TOKEN, ""), channel_token(self._key, name)) or name == NONE:
            raise _bad_signature()  # before anything is looked up, so that a stranger costs next to nothing
        found = self._found(provider, name)
        if not found:
            raise _bad_signature()
        if message.headers.get(RESOURCE_STATE) != OPENED:
            self._wake(found)

    def _by_signature(self, client: OAuthClient, message: ProviderMessage) -> None:
        """Todoist's: the body is signed with the secret that this server is registered with."""
        wanted = base64.b64encode(hmac.digest(client.secret.encode(), message.body, "sha256")).decode()
        if not _same(message.headers.get(SIGNATURE, ""), wanted):
            raise _bad_signature()
        try:
            said = msgspec.json.decode(message.body, type=_Event)
        except UNREADABLE:
            return  # Todoist's own, and nothing that is understood here
        if said.event_name.startswith(TASKS):
            name = account_name(self._key, ConnectionProvider.TODOIST, str(said.user_id))
            self._wake(self._found(ConnectionProvider.TODOIST, name))

    def _found(self, provider: ConnectionProvider, name: str) -> Sequence[Any]:
        """The connections that a message is about, none of which its user has removed."""
        both = CONNECTIONS.join(CHANNELS, CHANNELS.c.connection == CONNECTIONS.c.id)
        mine = CHANNELS.c.name == name, CHANNELS.c.provider == provider.value, CONNECTIONS.c.state != REVOKING
        chosen = sa.select(CONNECTIONS).select_from(both).where(*mine).order_by(CONNECTIONS.c.id).limit(MOST_WOKEN)
        with self._store.reading() as connection:
            return connection.execute(chosen).all()

    def _wake(self, found: Sequence[Any]) -> None:
        """Write only where a sync is to begin sooner: of a storm of messages that is the first one alone."""
        now = self._clock()
        sooner = [row.id for row in found if wakes_at(row, now) is not None]
        if sooner:
            with self._store.writing() as connection:
                for id_ in sooner:
                    wake(connection, id_, now)


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode())


def _bad_signature() -> BadSignature:
    return BadSignature("the message does not prove to be its provider's, or is of a channel that is none any more")
