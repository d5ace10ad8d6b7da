"""What admins see of connections: how they are by provider, and which keys wrap their secrets; never whose they are."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from contracts.integrations.connections import ConnectionProvider


class ConnectionHealthView(msgspec.Struct, frozen=True, kw_only=True):
    """The connections to one provider: `failing` are those connected whose last sync failed.

    `late` are those whose next sync was due over an hour ago, `revoking` those removed here and not yet revoked there.
    """

    provider: ConnectionProvider
    connected: int
    failing: int
    late: int
    reconnect: int
    revoking: int


class VaultKeyView(msgspec.Struct, frozen=True, kw_only=True):
    """A key of the vault by its id: `wraps` are the data keys under it, `newest` whether it wraps what is new.

    `given` says that it comes from the environment; one that is not `there` wraps data keys and is missing.
    """

    id: str
    newest: bool
    given: bool
    there: bool
    wraps: int


class ConnectionAdministration(Protocol):
    """What admins may see; each call raises contracts.refusals.Unavailable while the database or the keys are away."""

    def connection_health(self) -> Sequence[ConnectionHealthView]:
        """Return every provider, in the order of its kinds."""
        ...

    def vault_keys(self) -> Sequence[VaultKeyView]:
        """Return the keys of the vault, newest first, and then those that are missing."""
        ...
