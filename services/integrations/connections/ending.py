"""Ends connections: deleted at once for their user, and revoked at their provider as soon as that answers."""

import logging
from collections.abc import Callable, Collection
from typing import Any

import sqlalchemy as sa

from contracts.integrations.connections import ConnectionProvider
from core.expected_error import ExpectedError
from kit.sql.store import Store
from services.integrations.connections.stored import REVOKING, delete, delete_webhook, row_of
from services.integrations.connectors.connector import PullFailed
from services.integrations.oauth.grants import Grants
from services.integrations.provider_webhooks.channels import Channels, forget_account
from services.integrations.tables import CONNECTIONS, ITEMS

log = logging.getLogger(__name__)
FIRST_RETRY_S, LONGEST_RETRY_S, MOST_FAILURES = 60.0, 6 * 3_600.0, 40
"""A provider that is away is asked again later and later, some eight days in all."""
NOTHING = b""


class Ending:
    """Ends connections on one store; `revoked` are the providers at which a grant is ended."""

    def __init__(
        self,
        store: Store,
        grants: Grants,
        channels: Channels,
        revoked: Collection[ConnectionProvider],
        clock: Callable[[], float],
    ) -> None:
        self._store, self._grants, self._channels = store, grants, channels
        self._revoked, self._clock = revoked, clock

    def disconnect(self, user: str, id_: str) -> None:
        """Delete a connection, whatever sync is under way; raise NotFound.

        Of one whose grant is to be revoked only the sealed tokens are left until then, which is tried at once.
        """
        with self._store.writing() as connection:
            row = row_of(connection, user, id_)
            if row.provider not in self._revoked:
                delete(connection, row)
                return
            self._begin(connection, row)
        self._try(id_)

    def revoke_due(self) -> bool:
        """Revoke one grant whose time has come; return whether there was one."""
        due = CONNECTIONS.c.state == REVOKING, CONNECTIONS.c.next_sync_at <= self._clock()
        with self._store.reading() as connection:
            row = connection.execute(sa.select(CONNECTIONS.c.id).where(*due).limit(1)).first()
        if row is None:
            return False
        self._try(row.id)
        return True

    def held(self, user: str) -> bool:
        """Return whether a user has a grant that could be revoked."""
        return bool(self._grants_of(user))

    def take_back(self, user: str) -> bool:
        """Revoke all grants of a user, who is to be erased, and delete their connections.

        Return True, for each could be; raise PullFailed where trying again may help. Safe to repeat.
        """
        for id_ in self._grants_of(user):
            self._revoke(id_)
        return True

    def _grants_of(self, user: str) -> list[str]:
        providers = [each.value for each in self._revoked]
        mine = CONNECTIONS.c.user == user, CONNECTIONS.c.provider.in_(providers)
        with self._store.reading() as connection:
            return list(connection.execute(sa.select(CONNECTIONS.c.id).where(*mine)).scalars())

    def _begin(self, connection: sa.Connection, row: Any) -> None:
        connection.execute(ITEMS.delete().where(ITEMS.c.connection == row.id))
        delete_webhook(connection, row.id)
        forget_account(connection, row.id)
        values = {
            "state": REVOKING,
            "fingerprint": row.id,
            "next_sync_at": self._clock(),
            "retry_at": None,
            "failures": 0,
            "claimed_until": 0.0,
            "sealed": NOTHING,
            "busy": NOTHING,
        }
        connection.execute(CONNECTIONS.update().where(CONNECTIONS.c.id == row.id).values(values))

    def _try(self, id_: str) -> None:
        try:
            self._revoke(id_)
        except PullFailed as failed:
            self._later(id_, failed.code)
        except ExpectedError as error:  # a key of the vault is missing, say: it may be brought back
            self._later(id_, error.code)

    def _revoke(self, id_: str) -> None:
        """Stop what the provider sends while there is a token for it, and end the grant; raise what Grants raises."""
        self._channels.stop(id_)
        self._grants.revoke(id_)

    def _later(self, id_: str, code: str) -> None:
        """Note that the provider did not revoke; after the last time only its own settings end the grant."""
        with self._store.writing() as connection:
            mine = CONNECTIONS.c.id == id_, CONNECTIONS.c.state == REVOKING
            row = connection.execute(sa.select(CONNECTIONS).where(*mine)).first()
            if row is None:
                return
            log.warning("a grant was not revoked at %s: %s", row.provider, code)
            if row.failures + 1 >= MOST_FAILURES:
                delete(connection, row)
                return
            wait_s = min(FIRST_RETRY_S * 2 ** min(row.failures, 12), LONGEST_RETRY_S)
            values = {"failures": row.failures + 1, "next_sync_at": self._clock() + wait_s}
            connection.execute(CONNECTIONS.update().where(*mine).values(values))
