"""What admins see of connections: counts by provider and state, and the vault's keys in use."""

from collections import Counter
from collections.abc import Callable, Sequence

import sqlalchemy as sa

from contracts.integrations.administration import ConnectionHealthView, VaultKeyView
from contracts.integrations.connections import ConnectionProvider, ConnectionState
from kit.sql.store import Store
from services.integrations.connections.stored import REVOKING
from services.integrations.tables import CONNECTIONS
from services.integrations.vault.encryption_keys import EncryptionKeys
from services.integrations.vault.rotation import WRAPPED

LATE_S = 3_600.0


class ConnectionCounts:
    """Implements contracts.integrations.administration.ConnectionAdministration; `now` gives Unix seconds."""

    def __init__(self, store: Store, keys: EncryptionKeys, now: Callable[[], float]) -> None:
        self._rows, self._keys, self._now = store, keys, now

    def connection_health(self) -> Sequence[ConnectionHealthView]:
        """Return every provider with its counts, of which one statement makes all."""
        columns = CONNECTIONS.c
        connected = columns.state == ConnectionState.CONNECTED.value
        wanted = {
            "connected": connected,
            "failing": sa.and_(connected, columns.failures > 0),
            "late": sa.and_(connected, columns.next_sync_at < self._now() - LATE_S),
            "reconnect": columns.state == ConnectionState.RECONNECT.value,
            "revoking": columns.state == REVOKING,
        }
        counts = [sa.func.count().filter(which).label(name) for name, which in wanted.items()]
        with self._rows.reading() as connection:
            rows = connection.execute(sa.select(columns.provider, *counts).group_by(columns.provider))
            found = {row.provider: row._asdict() for row in rows}
        none = dict.fromkeys(wanted, 0)
        return [
            ConnectionHealthView(**{**none, **found.get(each.value, {}), "provider": each})
            for each in ConnectionProvider
        ]

    def vault_keys(self) -> Sequence[VaultKeyView]:
        """Return each key with how many data keys it wraps, of connections and of webhooks; the missing ones last."""
        wraps = Counter[str]()
        with self._rows.reading() as connection:
            for table in WRAPPED:
                counts = sa.select(table.c.kek, sa.func.count().label("rows")).group_by(table.c.kek)
                wraps.update({row.kek: row.rows for row in connection.execute(counts)})
        ids = self._keys.ids()[::-1]
        missing = sorted(wraps.keys() - set(ids), reverse=True)
        return [
            VaultKeyView(
                id=id_,
                newest=id_ == ids[0] if ids else False,
                given=self._keys.is_given(id_),
                there=id_ in ids,
                wraps=wraps[id_],
            )
            for id_ in (*ids, *missing)
        ]
