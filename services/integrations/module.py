"""Integrations as routes and other processes see them."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import sqlalchemy as sa

from contracts.integrations.connections import (
    MOST_CONNECTIONS,
    ConnectionItems,
    ConnectionList,
    ConnectionState,
    NewConnection,
    UserConnection,
)
from contracts.module import ModuleContext
from contracts.modules.sealing import Erased
from contracts.refusals import Conflict, InvalidInput
from kit.sql.sessions import engine_of
from kit.timing.zones import zones
from services.integrations.calendars.busy_time import BusyTime
from services.integrations.calendars.calendar_items import SyncWindow
from services.integrations.connections.items import items_of, keyed_hash
from services.integrations.connections.stored import (
    BUSY,
    GRANT_FIELD,
    SEALED,
    StoredDetails,
    delete,
    row_of,
    rows_of,
    view_of,
)
from services.integrations.connections.syncs import Syncs, window_at
from services.integrations.connectors.connector import Connector, ProviderFailed, Pulled, PullFailed
from services.integrations.store import integrations_store
from services.integrations.tables import CONNECTIONS
from services.integrations.vault.encryption_keys import EncryptionKeys
from services.integrations.vault.vault import Place, Vault

Answer = TypeVar("Answer")


class ConnectionsErased(Conflict):
    """This user requested erasure: nothing is connected for them any more."""

    code = "GONE"


class IntegrationsModule:
    """Implements contracts.integrations.connections.UserConnections."""

    def __init__(self, context: ModuleContext, keys: EncryptionKeys, connectors: Iterable[Connector]) -> None:
        self._store, self._sealer = integrations_store(engine_of(context.database)), context.sealer
        self._clock, self._ids, self._key = context.clock, context.ids, context.secret("integrations")
        self._vault = Vault(keys)
        self._connectors = {each.provider: each for each in connectors}
        self._syncs = Syncs(self._store, context, self._vault, self._key, self._connectors)

    def connect(self, user: str, new: NewConnection) -> UserConnection:
        """Return the connection once its first sync is stored; raise InvalidInput, Conflict, ProviderFailed."""
        if new.time_zone not in zones():
            raise InvalidInput("there is no such time zone: write an IANA name such as Europe/Berlin", ("time_zone",))
        connector = self._connectors[new.provider]
        grant = connector.authorize(new)
        fingerprint = keyed_hash(self._key, user, new.provider, grant.secret.decode())
        with self._store.reading() as connection:
            _check_new(connection, user, fingerprint)
        id_, window = self._ids(), window_at(self._clock(), new.time_zone)
        secret = self._vault.seal(Place(user, new.provider, id_, GRANT_FIELD), grant.secret)
        try:
            pulled = connector.pull(grant.secret, {}, window)
        except PullFailed as failed:
            if failed.input_:
                raise InvalidInput(failed.says, ("address",)) from None
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
        return _unless_erased(lambda: self._connected(row, details, pulled, window))

    def connections(self, user: str) -> ConnectionList:
        """Return the user's connections, oldest first; raise ConnectionsErased."""
        with self._store.reading() as connection:
            rows = rows_of(connection, user)
        return _unless_erased(lambda: ConnectionList([view_of(self._sealer, row) for row in rows]))

    def sync(self, user: str, connection: str) -> UserConnection:
        """Read the provider now; raise NotFound, InProgress, RATE_LIMITED, ConnectionsErased."""
        claim = self._syncs.claim(sa.and_(CONNECTIONS.c.id == connection, CONNECTIONS.c.user == user))
        if claim is not None:
            _unless_erased(lambda: self._syncs.run(claim))
        return self._view(user, connection)

    def sync_due(self) -> bool:
        """Read one connection whose time has come; return whether there was one."""
        claim = self._syncs.claim(sa.true(), due=True)
        if claim is None:
            return False
        self._syncs.run(claim)
        return True

    def items(self, user: str, connection: str, first: int) -> ConnectionItems:
        """Return the first items that are not over; raise NotFound, ConnectionsErased."""
        with self._store.reading() as session:
            row = row_of(session, user, connection)
            return _unless_erased(lambda: items_of(session, self._sealer, row, self._clock(), first))

    def disconnect(self, user: str, connection: str) -> None:
        """Delete a connection at once, whatever sync is under way; raise NotFound."""
        with self._store.writing() as session:
            delete(session, row_of(session, user, connection))

    def _connected(
        self, row: dict[str, Any], details: StoredDetails, pulled: Pulled, window: SyncWindow
    ) -> UserConnection:
        """Store the row with what was pulled for it, and return it as its user sees it; raise Erased, Conflict."""
        user, id_ = row["user"], row["id"]
        row["sealed"] = SEALED.seal(self._sealer, user, id_, details)
        row["busy"] = BUSY.seal(self._sealer, user, id_, BusyTime(0, b""))
        with self._store.writing() as connection:
            _check_new(connection, user, row["fingerprint"])
            connection.execute(CONNECTIONS.insert(), row)
            self._syncs.store(connection, row_of(connection, user, id_), details, pulled, window)
            return view_of(self._sealer, row_of(connection, user, id_))

    def _view(self, user: str, id_: str) -> UserConnection:
        with self._store.reading() as connection:
            row = row_of(connection, user, id_)
        return _unless_erased(lambda: view_of(self._sealer, row))


def _check_new(connection: sa.Connection, user: str, fingerprint: str) -> None:
    rows = rows_of(connection, user)
    if any(row.fingerprint == fingerprint for row in rows):
        raise Conflict("this calendar is connected already: sync it, or remove it first", ("address",))
    if len(rows) >= MOST_CONNECTIONS:
        raise Conflict(f"{MOST_CONNECTIONS} connections are the most: remove one first")


def _unless_erased(work: Callable[[], Answer]) -> Answer:
    try:
        return work()
    except Erased:
        raise ConnectionsErased("this user asked to be erased: nothing is connected for them any more") from None
