"""Checks of the vault, for operators."""

from collections.abc import Iterator

import sqlalchemy as sa

from core.plurals import counted
from services.integrations.store import integrations_store
from services.integrations.tables import CONNECTIONS


def vault_faults(engine: sa.Engine, newest: str | None = None) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with how data keys are wrapped: nothing where there is no table, an empty fault for well.

    `newest` is the key that is to wrap them, as a rule the newest of those that do.
    """
    if not sa.inspect(engine).has_table(CONNECTIONS.name):
        return
    counts = sa.select(CONNECTIONS.c.kek, sa.func.count().label("rows")).group_by(CONNECTIONS.c.kek)
    with integrations_store(engine).reading() as connection:
        found = {row.kek: row.rows for row in connection.execute(counts)}
    old = sum(count for kek, count in found.items() if kek != (newest or max(found)))
    says = f"{counted(old, 'data key')} of connections wrapped by an older key: run tipbench keys rotate vault"
    yield "vault", says if old else ""
