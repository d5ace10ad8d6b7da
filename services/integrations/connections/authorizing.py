"""Connecting a provider by OAuth: from the browser's leaving to the stored grant."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import sqlalchemy as sa

from contracts.integrations.connections import (
    MOST_CONNECTIONS,
    AuthorizationStarted,
    ConnectionProvider,
    ConnectionState,
    NewAuthorization,
    ProviderReturn,
)
from contracts.module import ModuleContext
from contracts.refusals import Conflict, InvalidInput
from kit.sql.store import Store
from kit.timing.zones import zones
from services.integrations.calendars.busy_time import BusyTime
from services.integrations.connections.items import keyed_hash
from services.integrations.connections.stored import BUSY, SEALED, StoredDetails, rows_of
from services.integrations.connectors.connector import OAuthConnector, ProviderFailed, PullFailed
from services.integrations.oauth.authorizations import (
    AuthorizationExpired,
    Browser,
    begin_authorization,
    end_authorization,
    new_state,
    proofs_of,
)
from services.integrations.oauth.client import LONGEST_CODE, AuthorizationRefused, OAuthClient, Tokens
from services.integrations.oauth.grants import Grants
from services.integrations.provider_webhooks.channels import renew
from services.integrations.tables import CONNECTIONS

STATE_BYTES, LONGEST_STATE = 32, 100
TRIES = 5
"""Times that a grant is sealed for a connection which others change meanwhile."""


class Authorizing:
    """Authorizations on one store; `clients` and `connectors` are of the providers that are connected by OAuth."""

    def __init__(
        self,
        store: Store,
        context: ModuleContext,
        grants: Grants,
        key: bytes,
        clients: Mapping[ConnectionProvider, OAuthClient],
        connectors: Mapping[ConnectionProvider, OAuthConnector],
        random_bytes: Callable[[int], bytes],
    ) -> None:
        self._store, self._sealer, self._grants, self._key = store, context.sealer, grants, key
        self._ids, self._clock, self._random_bytes = context.ids, context.clock, random_bytes
        self._clients, self._connectors = clients, connectors

    def begin(self, browser: Browser, new: NewAuthorization) -> AuthorizationStarted:
        """Return the provider's page; raise InvalidInput, Conflict."""
        if new.time_zone not in zones():
            raise InvalidInput("there is no such time zone: write an IANA name such as Europe/Berlin", ("time_zone",))
        if new.provider is ConnectionProvider.ICALENDAR:
            raise InvalidInput("a calendar's address is connected by POST /v1/connections", ("provider",))
        client = self._clients.get(new.provider)
        if client is None:
            raise Conflict("this server is no client of that provider: its operator registers it", ("provider",))
        proofs = proofs_of(self._key, new_state(self._random_bytes(STATE_BYTES)), browser)
        with self._store.writing() as connection:
            begin_authorization(
                connection, self._key, proofs.state, browser, new.provider, new.time_zone, self._clock()
            )
        return AuthorizationStarted(client.location(proofs.state, proofs.challenge))

    def finish(self, browser: Browser, provider: str, given: ProviderReturn) -> str:
        """Return the id of the connection whose grant is stored now, to be read by a sync.

        Whatever comes back, the authorization is over. Raise AuthorizationExpired, AuthorizationRefused,
        ProviderFailed, Conflict, Erased.
        """
        known = next((each for each in self._clients if each.value == provider), None)
        if known is None or not 0 < len(given.state) <= LONGEST_STATE:
            says = "this was not begun in this browser, is over, or took longer than 10 minutes: connect again"
            raise AuthorizationExpired(says, ("state",))
        with self._store.writing() as connection:
            begun = end_authorization(connection, self._key, given.state, browser, known, self._clock())
        client = self._clients[known]
        if given.iss and client.issuer is not None and given.iss != client.issuer:
            raise AuthorizationRefused("the answer is another provider's: connect again", ("iss",))
        if given.error or not 0 < len(given.code) <= LONGEST_CODE:
            raise AuthorizationRefused("you or the provider did not let the app read: nothing is connected")
        try:
            tokens = client.exchange(given.code, proofs_of(self._key, given.state, browser).verifier)
        except PullFailed as failed:
            if failed.ends_grant:
                raise AuthorizationRefused("the provider takes this no more: connect again", ("code",)) from None
            raise ProviderFailed(failed.says) from None
        try:
            return self._stored(browser.user, known, begun.time_zone, tokens)
        except BaseException:  # nothing of ours knows the grant: it ends where it was made
            with suppress(PullFailed):
                client.revoke(tokens)
            raise

    def _stored(self, user: str, provider: ConnectionProvider, time_zone: str, tokens: Tokens) -> str:
        """Store the grant for a new connection, or in place of the one before, and return its id.

        It is sealed before the transaction: the key may come from a service, which no writer waits for.
        """
        new_id = self._ids()
        for _ in range(TRIES):
            with self._store.reading() as connection:
                before = self._row_of(connection, user, provider)
            id_: str = new_id if before is None else before.id
            secret = self._grants.sealed(user, provider, id_, tokens)
            grant = {"kek": secret.kek, "data_key": secret.data_key, "grant": secret.sealed}
            with self._store.writing() as connection:
                row = self._row_of(connection, user, provider)
                if (None if row is None else row.id) != (None if before is None else before.id):
                    continue  # another browser of the user connected or removed it meanwhile
                if row is None:
                    new = self._new(connection, user, id_, provider, time_zone)
                    connection.execute(CONNECTIONS.insert(), new | grant)
                else:
                    renewed = CONNECTIONS.update().where(CONNECTIONS.c.id == id_)
                    connection.execute(renewed.values(self._to_be_read() | grant))
                    renew(connection, id_)
                return id_
        raise Conflict("this connection was changed again and again meanwhile: connect again")

    def _fingerprint(self, user: str, provider: ConnectionProvider) -> str:
        """One connection of a user to a provider: what its accounts are called is not asked for."""
        return keyed_hash(self._key, user, provider, "oauth")

    def _row_of(self, connection: sa.Connection, user: str, provider: ConnectionProvider) -> Any:
        mine = CONNECTIONS.c.user == user, CONNECTIONS.c.fingerprint == self._fingerprint(user, provider)
        return connection.execute(sa.select(CONNECTIONS).where(*mine)).first()

    def _to_be_read(self) -> dict[str, Any]:
        """What a row with a new grant has: all of it is to be read, and no sync under the old grant is stored."""
        return {
            "state": ConnectionState.CONNECTED.value,
            "covers_until": 0.0,
            "next_sync_at": self._clock(),
            "retry_at": None,
            "failures": 0,
            "claimed_until": 0.0,
        }

    def _new(
        self, connection: sa.Connection, user: str, id_: str, provider: ConnectionProvider, time_zone: str
    ) -> dict[str, Any]:
        if len(rows_of(connection, user)) >= MOST_CONNECTIONS:
            raise Conflict(f"{MOST_CONNECTIONS} connections are the most: remove one first")
        details = StoredDetails(host=self._connectors[provider].host, time_zone=time_zone)
        return {
            "id": id_,
            "user": user,
            "provider": provider.value,
            "fingerprint": self._fingerprint(user, provider),
            "connected_at": self._clock(),
            "sealed": SEALED.seal(self._sealer, user, id_, details),
            "busy": BUSY.seal(self._sealer, user, id_, BusyTime(0, b"")),
            **self._to_be_read(),
        }
