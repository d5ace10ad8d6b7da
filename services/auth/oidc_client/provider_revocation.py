"""Revokes the tokens that identity providers gave us for a user, before the user is erased."""

import asyncio
import time
from collections.abc import Callable, Sequence

import sqlalchemy as sa

from contracts.access.oidc import Provider, ProviderClient
from contracts.modules.sealing import Erased, Unreadable
from services.auth.oidc_client.identities import Identities
from services.auth.store import user_store
from services.auth.tables import IDENTITIES


class ProviderGrants:
    """Implements contracts.modules.erasure.IdentityGrants; it blocks, so call it in a thread without an event loop.

    `providers` and `client` are called for each revocation. `clock` gives Unix seconds.
    """

    def __init__(
        self,
        engine: sa.Engine,
        identities: Identities,
        providers: Callable[[], Sequence[Provider]],
        client: Callable[[], ProviderClient],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store, self._identities, self._providers = user_store(engine), identities, providers
        self._client, self._clock = client, clock

    def held(self, user: str) -> bool:
        """Return whether a token of the user is stored that could be revoked."""
        query = sa.select(IDENTITIES.c.id).where(IDENTITIES.c.user == user, IDENTITIES.c.grant.is_not(None))
        with self._store.reading() as connection:
            return connection.execute(query).first() is not None

    def take_back(self, user: str) -> bool:
        """Revoke each of the user's tokens, outside of any transaction; return whether every one could be.

        A token of a provider that is no longer configured cannot. Safe to repeat. Raise ProviderAway or ProviderRefused
        once all others are revoked.
        """
        query = sa.select(IDENTITIES).where(IDENTITIES.c.user == user, IDENTITIES.c.grant.is_not(None))
        with self._store.reading() as connection:
            rows = connection.execute(query).mappings().all()
        return asyncio.run(self._take_back(rows))

    async def _take_back(self, rows: Sequence[sa.RowMapping]) -> bool:
        known, client = {provider.issuer: provider for provider in self._providers()}, self._client()
        found = await asyncio.gather(*(self._revoke(row, known, client) for row in rows), return_exceptions=True)
        for outcome in found:
            if isinstance(outcome, BaseException):
                raise outcome
        return all(found)

    async def _revoke(self, row: sa.RowMapping, known: dict[str, Provider], client: ProviderClient) -> bool:
        try:
            issuer, token = self._identities.opened_grant(row)
        except (Erased, Unreadable):
            return False
        if issuer not in known:
            return False
        provider = known[issuer]
        form = {"token": token, "token_type_hint": "refresh_token", "client_id": provider.client_id}
        secret = None if provider.secret is None else (provider.client_id, provider.secret(self._clock()))
        await client.revoke(issuer, form, secret)
        return True
