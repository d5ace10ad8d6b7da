"""Rotates the vault's keys: a new one, data keys wrapped anew by it, and what wraps nothing any more destroyed."""

from collections.abc import Callable, Sequence

import sqlalchemy as sa

from contracts.refusals import Conflict
from core.plurals import counted
from kit.sql.store import Store
from services.integrations.tables import CONNECTIONS, SYNC_WEBHOOKS, WEBHOOKS
from services.integrations.vault.encryption_keys import EncryptionKeys
from services.integrations.vault.vault import Vault

WRAPPED = CONNECTIONS, SYNC_WEBHOOKS, WEBHOOKS
AT_ONCE = 200
"""Rows that one transaction wraps anew, so that other writers wait for a moment only."""


class KeyInUse(Conflict):
    """A key still wraps data keys: without it their secrets could never be opened."""


def rotate(store: Store, keys: EncryptionKeys, now: float) -> str:
    """Make a key, wrap every data key by it and return what was done, in a sentence that begins with its id.

    Where keys are given none is made: the newest of them wraps.

    The key before it stays until the next rotation, for a secret that is being stored at this moment; older ones are
    destroyed. Cut off at any step it is done again from there: a data key that is wrapped by the newest stays as it is.
    """
    new = keys.newest() if keys.are_given else keys.make(now)
    if not wrapped_tables(store.engine):
        return f"{new.id}: nothing is connected yet"
    wrapped = rewrap_all(store, keys)
    for id_ in keys.ids()[:-2]:
        destroy(store, keys, id_)
    return f"{new.id}: {counted(wrapped, 'data key')} wrapped by it"


def rewrap_all(store: Store, keys: EncryptionKeys) -> int:
    """Rewrite every data key as wrapped by the newest key, and return how many were not; no secret is opened."""
    vault, newest, wrapped = Vault(keys), keys.newest().id, 0
    for table in wrapped_tables(store.engine):
        while done := _rewrap_some(store, table, vault.rewrap, newest):
            wrapped += done
    return wrapped


def wrapped_tables(engine: sa.Engine) -> Sequence[sa.Table]:
    """Return the tables with data keys that are in this database, which may not be migrated yet."""
    there = sa.inspect(engine)
    return [table for table in WRAPPED if there.has_table(table.name)]


def destroy(store: Store, keys: EncryptionKeys, id_: str) -> None:
    """Destroy a key for good; raise KeyInUse while it wraps anything."""
    tables = wrapped_tables(store.engine)
    with store.writing() as connection:
        counts = [sa.select(sa.func.count()).select_from(each).where(each.c.kek == id_) for each in tables]
        if in_use := sum(connection.execute(count).scalar_one() for count in counts):
            raise KeyInUse(f"the key {id_} wraps {counted(in_use, 'data key')}: rotate first")
        keys.destroy(id_)


def _rewrap_some(store: Store, table: sa.Table, rewrap: Callable[[bytes], tuple[str, bytes]], newest: str) -> int:
    chosen = sa.select(table.c.id, table.c.data_key).where(table.c.kek != newest).limit(AT_ONCE)
    with store.writing() as connection:
        rows = connection.execute(chosen).all()
        for row in rows:
            kek, data_key = rewrap(row.data_key)
            changed = table.update().where(table.c.id == row.id)
            connection.execute(changed.values(kek=kek, data_key=data_key))
    return len(rows)
