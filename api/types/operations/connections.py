"""Connections by provider and the keys of their vault: counts and ids, nobody's connection and no key."""

import strawberry

from api.context import Info, in_thread
from api.fields import query
from api.types.node import accepts
from contracts.access.caller import Role
from contracts.integrations.administration import ConnectionHealthView, VaultKeyView


@strawberry.type(description="The connections of all users to one provider, counted.")
class ConnectionHealth:
    """Shows contracts.integrations.administration.ConnectionHealthView."""

    is_type_of = accepts(ConnectionHealthView)

    provider: str = strawberry.field(description="Its word in /v1/connections.")
    connected: int = strawberry.field(description="Those whose provider lets us read.")
    failing: int = strawberry.field(description="Of those connected, whose last sync failed.")
    late: int = strawberry.field(description="Of those connected, whose next sync was due over an hour ago.")
    reconnect: int = strawberry.field(description="Those whose grant or address ended: their users were told once.")
    revoking: int = strawberry.field(description="Removed here, and not yet revoked at the provider.")


@strawberry.type(description="A key of the vault: it wraps data keys of connections and webhooks; shown nowhere.")
class VaultKey:
    """Shows contracts.integrations.administration.VaultKeyView."""

    is_type_of = accepts(VaultKeyView)

    id: str = strawberry.field(description="Its id, which grows with time.")
    newest: bool = strawberry.field(description="Whether it wraps what is new.")
    given: bool = strawberry.field(description="Whether it comes from the environment, and not from the home.")
    there: bool = strawberry.field(description="False for one that wraps data keys and is missing.")
    wraps: int = strawberry.field(description="Data keys under it: 0 for all but the newest after a rotation.")


class ConnectionQueries:
    """Root fields of the query."""

    @query(Role.ADMIN, "Connections by provider.", gives=list[ConnectionHealth], weight=150, rows=5)
    async def connection_health(self, info: Info) -> list[ConnectionHealthView]:
        """Return every provider with its counts."""
        return list(await in_thread(info.context.services.connections.connection_health))

    @query(Role.ADMIN, "Keys of the vault, newest first, then missing ones.", gives=list[VaultKey], weight=150, rows=3)
    async def vault_keys(self, info: Info) -> list[VaultKeyView]:
        """Return the keys with how much each wraps."""
        return list(await in_thread(info.context.services.connections.vault_keys))
