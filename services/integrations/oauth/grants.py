"""What connections are granted: secrets out of the vault, tokens refreshed by one at a time, and revoked at the end."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa

from contracts.integrations.connections import ConnectionProvider
from contracts.storage import LeaseHeld, Leases
from kit.sql.store import Store
from kit.times import iso
from services.integrations.connections.stored import GRANT_FIELD, delete, not_found
from services.integrations.connectors.connector import AccessRejected, PullFailed
from services.integrations.oauth.client import OAuthClient, Tokens
from services.integrations.tables import CONNECTIONS
from services.integrations.vault.vault import Place, SealedSecret, Vault

MARGIN_S = 60.0
"""A token that ends sooner is refreshed before it is used."""
LEASES, WAIT_S = 16, 30.0
"""Leases that all connections share, and how long one is waited for: longer than a provider may take."""
Answer = TypeVar("Answer")
ENCODER, DECODER = msgspec.json.Encoder(), msgspec.json.Decoder(Tokens)


class Grants:
    """Secrets of connections on one store; `clients` are the providers that are connected by OAuth.

    A refresh is done under a lease that processes share, and stored only over the tokens that it was made of: whoever
    lost the lease meanwhile overwrites nothing.
    """

    def __init__(
        self,
        store: Store,
        vault: Vault,
        leases: Leases,
        clients: Mapping[ConnectionProvider, OAuthClient],
        clock: Callable[[], float],
    ) -> None:
        self._store, self._vault, self._leases, self._clients, self._clock = store, vault, leases, clients, clock

    def sealed(self, user: str, provider: ConnectionProvider, id_: str, tokens: Tokens) -> SealedSecret:
        """Return tokens as a connection's row has them; raise Unavailable without a key."""
        return self._vault.seal(Place(user, provider, id_, GRANT_FIELD), ENCODER.encode(tokens))

    def secret(self, row: Any, rejected: bytes | None = None) -> bytes:
        """Return what a connection's provider is asked with: a secret address, or an access token that is valid yet.

        `rejected` is one that the provider takes no longer. Raise PullFailed where there is none any more, NotFound if
        the connection ended meanwhile, Unreadable, Unavailable.
        """
        client = self._clients.get(ConnectionProvider(row.provider))
        if client is None:
            return self._opened(row)
        tokens = DECODER.decode(self._opened(row))
        if not self._is_usable(tokens, rejected):
            tokens = self._refreshed(row.id, client, rejected)
        return tokens.access.encode()

    def used(self, row: Any, ask: Callable[[bytes], Answer]) -> Answer:
        """Return what a provider answers that is asked with a connection's secret.

        An access token that it takes no longer is replaced once. Raise what `secret` raises, and what is raised asking.
        """
        secret = self.secret(row)
        try:
            return ask(secret)
        except AccessRejected:
            pass
        try:
            return ask(self.secret(row, rejected=secret))
        except AccessRejected:
            says = "the provider does not let the app read any more: connect it again"
            raise PullFailed("refused", says, ends_grant=True) from None

    def revoke(self, id_: str) -> None:
        """End at the provider what a connection was granted, and delete its row; raise PullFailed, Unavailable."""
        with self._store.reading() as connection:
            row = _current(connection, id_)
        if row is None:
            return
        client = self._clients.get(ConnectionProvider(row.provider))
        if client is not None:
            with self._alone(id_):
                with self._store.reading() as connection:
                    row = _current(connection, id_)
                if row is not None:
                    client.revoke(DECODER.decode(self._opened(row)))
        with self._store.writing() as connection:
            row = _current(connection, id_)
            if row is not None:
                delete(connection, row)

    def _refreshed(self, id_: str, client: OAuthClient, rejected: bytes | None) -> Tokens:
        """Return the tokens that somebody else stored meanwhile, or else new ones once they are stored."""
        with self._alone(id_):
            with self._store.reading() as connection:
                row = _current(connection, id_)
            if row is None:
                raise not_found()
            tokens = DECODER.decode(self._opened(row))
            if self._is_usable(tokens, rejected):
                return tokens
            if tokens.refresh is None:
                raise PullFailed("refused", "the provider does not let the app read any more", ends_grant=True)
            new = client.refresh(tokens.refresh)
            self._put(row, client, new)
            return new

    def _put(self, row: Any, client: OAuthClient, new: Tokens) -> None:
        """Store new tokens over those that they were made of; raise NotFound if the connection ended meanwhile."""
        secret = self.sealed(row.user, ConnectionProvider(row.provider), row.id, new)
        changed = CONNECTIONS.update().where(CONNECTIONS.c.id == row.id, CONNECTIONS.c.grant == row.grant)
        values = {"kek": secret.kek, "data_key": secret.data_key, "grant": secret.sealed}
        with self._store.writing() as connection:
            stored = connection.execute(changed.values(values)).rowcount == 1
            ended = not stored and _current(connection, row.id) is None
        if ended:
            client.revoke(new)
            raise not_found()

    @contextmanager
    def _alone(self, id_: str) -> Iterator[None]:
        """Let one process and thread at a time change what a connection was granted; raise PullFailed after a while."""
        number = int.from_bytes(hashlib.sha256(id_.encode()).digest()[:2]) % LEASES
        key, now = f"integrations/grants/{number}", iso(self._clock())
        try:
            with self._leases.hold(key, purpose="tokens of a connection are changed", now=now, wait_s=WAIT_S):
                yield
        except LeaseHeld:
            raise PullFailed("busy", "its tokens are being changed: it is tried again later") from None

    def _is_usable(self, tokens: Tokens, rejected: bytes | None) -> bool:
        lasts = tokens.expires_at is None or tokens.expires_at - MARGIN_S > self._clock()
        return lasts and tokens.access.encode() != rejected

    def _opened(self, row: Any) -> bytes:
        return self._vault.open(Place(row.user, row.provider, row.id, GRANT_FIELD), row.data_key, row.grant)


def _current(connection: sa.Connection, id_: str) -> Any:
    """Return the row of a connection as it is now, also of one that is being revoked; None without one."""
    return connection.execute(sa.select(CONNECTIONS).where(CONNECTIONS.c.id == id_)).first()
