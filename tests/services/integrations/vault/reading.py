"""Opens the secrets of all connections of a home, each of which ends in what its connection is called."""

from contracts.integrations.connections import ConnectionProvider
from services.integrations.connections.stored import GRANT_FIELD
from services.integrations.module import IntegrationsModule
from services.integrations.store import integrations_store
from services.integrations.tables import CONNECTIONS
from services.integrations.vault.encryption_keys import EncryptionKeys
from services.integrations.vault.vault import Place, Vault
from tests.services.integrations.world import World


def put_secrets(world: World, count: int) -> None:
    """Store so many connections, whose secrets are their ids."""
    vault = Vault(EncryptionKeys(world.home.keys))
    with integrations_store(world.engine).writing() as connection:
        for number in range(count):
            id_, user = f"connection-{number}", f"user-{number}"
            secret = vault.seal(Place(user, ConnectionProvider.ICALENDAR, id_, GRANT_FIELD), id_.encode())
            row = {
                "id": id_,
                "user": user,
                "provider": ConnectionProvider.ICALENDAR.value,
                "state": "connected",
                "fingerprint": id_,
                "connected_at": world.now,
                "covers_until": 0.0,
                "failures": 0,
                "claimed_until": 0.0,
                "kek": secret.kek,
                "data_key": secret.data_key,
                "grant": secret.sealed,
                "sealed": b"",
                "busy": b"",
            }
            connection.execute(CONNECTIONS.insert(), row)


def read_all(world: World, module: IntegrationsModule) -> int:
    """Return how many secrets the module opened, each of which is its own connection's."""
    with integrations_store(world.engine).reading() as connection:
        rows = connection.execute(CONNECTIONS.select()).all()
    opened = {row.id: module.grants.secret(row).decode() for row in rows}
    assert all(id_ == secret for id_, secret in opened.items()), opened
    return len(opened)
