"""Checks of the vault and of providers' channels, for operators."""

from collections import Counter
from collections.abc import Collection, Iterator

import sqlalchemy as sa

from contracts.refusals import Unavailable
from core.plurals import counted
from services.integrations.provider_webhooks.channels import RAISED_AFTER
from services.integrations.store import integrations_store
from services.integrations.tables import CHANNELS
from services.integrations.vault.encryption_keys import EncryptionKeys
from services.integrations.vault.rotation import wrapped_tables


def channel_faults(engine: sa.Engine) -> Iterator[tuple[str, str]]:
    """Yield that a provider opens no channels, an empty fault where it does; nothing where there is none to be had."""
    if not sa.inspect(engine).has_table(CHANNELS.name):
        return
    columns = CHANNELS.c
    failing = sa.func.count().filter(columns.failures >= RAISED_AFTER).label("failing")
    wanted = sa.select(sa.func.count().label("rows"), failing).where(columns.next_at.is_not(None))
    with integrations_store(engine).reading() as connection:
        found = connection.execute(wanted).one()
    if found.rows:
        what = f"{counted(found.failing, 'connection')} of which no provider says that it changed: read every hour"
        does = "see whether the provider reaches integrations.origin, and the log for what it answers"
        yield "channels", f"{what}; {does}" if found.failing else ""


def key_service_faults(keys: EncryptionKeys) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the service that is to wrap the vault's keys, which is asked for the newest."""
    try:
        ids = keys.ids()
        if ids and (keys.by_service(ids[-1]) or keys.is_given(ids[-1])):
            keys.newest()
            yield "vault keys", ""
        else:
            says = "the key management service wraps no key of the vault yet: run tipbench keys rotate vault"
            yield "vault keys", says
    except Unavailable as error:
        yield "vault keys", error.message


def vault_faults(
    engine: sa.Engine,
    newest: str | None = None,
    there: Collection[str] | None = None,
    wrapped: Collection[str] = (),
) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with how data keys are wrapped: nothing where there is no table, an empty fault for well.

    `newest` is the key that is to wrap them, as a rule the newest of those that do. Of the keys that are `there`, where
    that is known, each that wraps any is one. Those that are `wrapped` are files that a service would unwrap, if it
    were named.
    """
    tables = wrapped_tables(engine)
    if not tables:
        return
    found = Counter[str]()
    with integrations_store(engine).reading() as connection:
        for table in tables:
            counts = sa.select(table.c.kek, sa.func.count().label("rows")).group_by(table.c.kek)
            found.update({row.kek: row.rows for row in connection.execute(counts)})
    missing = sorted(found.keys() - there) if there is not None else []
    if missing:
        lost = sum(found[kek] for kek in missing)
        says = f"{counted(lost, 'secret')} cannot be opened without {', '.join(missing[:3])}"
        if set(missing) <= set(wrapped):
            does = "a key management service wraps what is there of it: name that service in [integrations.kms]"
        else:
            does = "bring that key back from the backup of keys"
        yield "vault", f"{says}: {does}"
        return
    old = sum(count for kek, count in found.items() if kek != (newest or max(found, default="")))
    says = f"{counted(old, 'data key')} wrapped by an older key: run tipbench keys rotate vault"
    yield "vault", says if old else ""
