"""Integrations as routes and other processes see them."""

import secrets
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any, TypeVar

import sqlalchemy as sa

from contracts.integrations.connections import (
    MOST_CONNECTIONS,
    AuthorizationStarted,
    ConnectionItems,
    ConnectionList,
    ConnectionProvider,
    ConnectionState,
    NewAuthorization,
    NewConnection,
    ProviderMessage,
    ProviderMessageReceipt,
    ProviderOffer,
    ProviderReturn,
    SignedMessage,
    SyncMessageReceipt,
    SyncWebhook,
    UserConnection,
)
from contracts.module import ModuleContext
from contracts.modules.sealing import Erased
from contracts.refusals import Conflict, InProgress, InvalidInput
from kit.sql.sessions import engine_of
from kit.timing.zones import zones
from services.integrations.administration import ConnectionCounts
from services.integrations.calendars.busy_time import BusyTime
from services.integrations.calendars.calendar_items import SyncWindow
from services.integrations.connections.authorizing import Authorizing
from services.integrations.connections.ending import Ending
from services.integrations.connections.items import items_of, keyed_hash
from services.integrations.connections.stored import (
    BUSY,
    GRANT_FIELD,
    SEALED,
    StoredDetails,
    row_of,
    rows_of,
    view_of,
)
from services.integrations.connections.sync_webhooks import SyncWebhooks
from services.integrations.connections.syncs import Syncs, window_at
from services.integrations.connectors.connector import (
    GivenConnector,
    OAuthConnector,
    ProviderFailed,
    Pulled,
    PullFailed,
    WatchedConnector,
)
from services.integrations.oauth.authorizations import Browser
from services.integrations.oauth.client import OAuthClient
from services.integrations.oauth.grants import Grants
from services.integrations.provider_webhooks.channels import Channels
from services.integrations.provider_webhooks.provider_messages import ProviderMessages
from services.integrations.store import integrations_store
from services.integrations.tables import CONNECTIONS
from services.integrations.vault.encryption_keys import EncryptionKeys
from services.integrations.vault.vault import Place, Vault
from services.integrations.webhooks.administration import OutgoingWebhooks

Answer = TypeVar("Answer")


class ConnectionsErased(Conflict):
    """This user requested erasure: nothing is connected for them any more."""

    code = "GONE"


class IntegrationsModule(OutgoingWebhooks, ConnectionCounts):
    """Implements contracts.integrations.connections.UserConnections, and what admins see and do."""

    def __init__(
        self,
        context: ModuleContext,
        keys: EncryptionKeys,
        given: Iterable[GivenConnector],
        oauth: Sequence[tuple[OAuthClient, OAuthConnector]] = (),
        random_bytes: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._store, self._sealer = integrations_store(engine_of(context.database)), context.sealer
        self._clock, self._ids, self._key = context.clock, context.ids, context.secret("integrations")
        self._vault = Vault(keys)
        OutgoingWebhooks.__init__(self, context, self._store, self._vault)
        ConnectionCounts.__init__(self, self._store, keys, self._clock)
        self._given = {each.provider: each for each in given}
        clients = {connector.provider: client for client, connector in oauth}
        connectors = {connector.provider: connector for _, connector in oauth}
        by_secret = [ProviderOffer(each.provider, each.given) for each in self._given.values()]
        self._offers = [*by_secret, *[ProviderOffer(each, "oauth") for each in clients]]
        self.grants = Grants(self._store, self._vault, context.storage.leases, clients, self._clock)
        self._syncs = Syncs(self._store, context, self.grants, self._key, {**self._given, **connectors})
        self._sync_webhooks = SyncWebhooks(self._store, self._vault, self._clock, random_bytes)
        watched = {name: each for name, each in connectors.items() if isinstance(each, WatchedConnector)}
        self._channels = Channels(self._store, self._sealer, self.grants, self._key, watched, self._clock, self._ids)
        self._provider_messages = ProviderMessages(self._store, self._key, clients, self._clock)
        self._ending = Ending(self._store, self.grants, self._channels, clients, self._clock)
        self._authorizing = Authorizing(self._store, context, self.grants, self._key, clients, connectors, random_bytes)

    def connect(self, user: str, new: NewConnection) -> UserConnection:
        """Return the connection once its first sync is stored; raise InvalidInput, Conflict, ProviderFailed."""
        if new.time_zone not in zones():
            raise InvalidInput("there is no such time zone: write an IANA name such as Europe/Berlin", ("time_zone",))
        connector = self._given.get(new.provider)
        if connector is None:
            raise InvalidInput("that provider is connected by POST /v1/connections/authorize", ("provider",))
        grant = connector.authorize(new)
        fingerprint = keyed_hash(self._key, user, new.provider, grant.secret.decode())
        with self._store.reading() as connection:
            _check_new(connection, user, fingerprint, connector.given)
        id_, window = self._ids(), window_at(self._clock(), new.time_zone)
        secret = self._vault.seal(Place(user, new.provider, id_, GRANT_FIELD), grant.secret)
        try:
            pulled = connector.pull(grant.secret, {}, window)
        except PullFailed as failed:
            if failed.input_:
                raise InvalidInput(failed.says, (connector.given,)) from None
            raise ProviderFailed(failed.says) from None
        details, now = StoredDetails(host=grant.host, time_zone=new.time_zone), self._clock()
        row = {
            "id": id_,
            "user": user,
            "provider": new.provider.value,
            "state": ConnectionState.CONNECTED.value,
            "fingerprint": fingerprint,
            "connected_at": now,
            "covers_until": 0.0,
            "failures": 0,
            "claimed_until": 0.0,
            "kek": secret.kek,
            "data_key": secret.data_key,
            "grant": secret.sealed,
        }
        return _unless_erased(lambda: self._connected(row, details, pulled, window, connector.given))

    def authorize(self, user: str, session: str, new: NewAuthorization) -> AuthorizationStarted:
        """Return the provider's page, to be opened in the browser of that session; raise InvalidInput, Conflict."""
        return self._authorizing.begin(Browser(user, session), new)

    def authorized(self, user: str, session: str, provider: str, given: ProviderReturn) -> UserConnection:
        """Return the connection of what a provider sent a browser back with, once it was read.

        Raise AuthorizationExpired, AuthorizationRefused, ProviderFailed, Conflict, ConnectionsErased.
        """
        id_ = _unless_erased(lambda: self._authorizing.finish(Browser(user, session), provider, given))
        with suppress(InProgress):  # the worker took it first
            return self.sync(user, id_)
        return self._view(user, id_)

    def connections(self, user: str) -> ConnectionList:
        """Return the user's connections, oldest first, and what this server connects; raise ConnectionsErased."""
        with self._store.reading() as connection:
            rows = rows_of(connection, user)
        return _unless_erased(lambda: ConnectionList([view_of(self._sealer, row) for row in rows], self._offers))

    def sync(self, user: str, connection: str) -> UserConnection:
        """Read the provider now; raise NotFound, InProgress, RATE_LIMITED, ConnectionsErased."""
        claim = self._syncs.claim(sa.and_(CONNECTIONS.c.id == connection, CONNECTIONS.c.user == user))
        if claim is not None:
            _unless_erased(lambda: self._syncs.run(claim))
        return self._view(user, connection)

    def sync_due(self) -> bool:
        """Read one connection whose time has come, or else revoke one grant; return whether there was one."""
        claim = self._syncs.claim(sa.true(), due=True)
        if claim is None:
            return self._ending.revoke_due()
        self._syncs.run(claim)
        return True

    def watch_due(self) -> bool:
        """Have one provider say when a connection changes, if it is to be requested; return whether there was one."""
        return self._channels.watch_due()

    def items(self, user: str, connection: str, first: int) -> ConnectionItems:
        """Return the first items that are not over; raise NotFound, ConnectionsErased."""
        with self._store.reading() as session:
            row = row_of(session, user, connection)
            return _unless_erased(lambda: items_of(session, self._sealer, row, self._clock(), first))

    def disconnect(self, user: str, connection: str) -> None:
        """Delete a connection at once, whatever sync is under way, and revoke what was granted; raise NotFound."""
        self._ending.disconnect(user, connection)

    def make_sync_webhook(self, user: str, connection: str) -> SyncWebhook:
        """Return the webhook of a connection with a new secret; raise NotFound, Unavailable."""
        return self._sync_webhooks.make(user, connection)

    def remove_sync_webhook(self, user: str, connection: str) -> None:
        """Delete the webhook of a connection; raise NotFound."""
        self._sync_webhooks.remove(user, connection)

    def take_sync_message(self, connection: str, message: SignedMessage) -> SyncMessageReceipt:
        """Have a connection read soon; raise BadSignature, Conflict, RATE_LIMITED."""
        return self._sync_webhooks.take(connection, message)

    def take_provider_message(self, provider: ConnectionProvider, message: ProviderMessage) -> ProviderMessageReceipt:
        """Have the connections read soon of which a provider says that they changed; raise BadSignature."""
        return self._provider_messages.take(provider, message)

    def held(self, user: str) -> bool:
        """Return whether a provider has granted this user's connections what can be revoked."""
        return self._ending.held(user)

    def take_back(self, user: str) -> bool:
        """Revoke all of that and delete those connections; return True; raise PullFailed to be tried again."""
        return self._ending.take_back(user)

    def _connected(
        self, row: dict[str, Any], details: StoredDetails, pulled: Pulled, window: SyncWindow, given: str
    ) -> UserConnection:
        """Store the row with what was pulled for it, and return it as its user sees it; raise Erased, Conflict."""
        user, id_ = row["user"], row["id"]
        row["sealed"] = SEALED.seal(self._sealer, user, id_, details)
        row["busy"] = BUSY.seal(self._sealer, user, id_, BusyTime(0, b""))
        with self._store.writing() as connection:
            _check_new(connection, user, row["fingerprint"], given)
            connection.execute(CONNECTIONS.insert(), row)
            self._syncs.store(connection, row_of(connection, user, id_), details, pulled, window)
            return view_of(self._sealer, row_of(connection, user, id_))

    def _view(self, user: str, id_: str) -> UserConnection:
        with self._store.reading() as connection:
            row = row_of(connection, user, id_)
        return _unless_erased(lambda: view_of(self._sealer, row))


def _check_new(connection: sa.Connection, user: str, fingerprint: str, given: str) -> None:
    rows = rows_of(connection, user)
    if any(row.fingerprint == fingerprint for row in rows):
        raise Conflict(f"this {given} is connected already: sync it, or remove it first", (given,))
    if len(rows) >= MOST_CONNECTIONS:
        raise Conflict(f"{MOST_CONNECTIONS} connections are the most: remove one first")


def _unless_erased(work: Callable[[], Answer]) -> Answer:
    try:
        return work()
    except Erased:
        raise ConnectionsErased("this user asked to be erased: nothing is connected for them any more") from None
