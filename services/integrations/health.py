"""Checks of the vault, for operators."""

from collections import Counter
from collections.abc import Iterator

import sqlalchemy as sa

from core.plurals import counted
from services.integrations.store import integrations_store
from services.integrations.vault.rotation import wrapped_tables


def vault_faults(engine: sa.Engine, newest: str | None = None) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with how data keys are wrapped: nothing where there is no table, an empty fault for well.

    `newest` is the key that is to wrap them, as a rule the newest of those that do.
    """
    tables = wrapped_tables(engine)
    if not tables:
        return
    found = Counter[str]()
    with integrations_store(engine).reading() as connection:
        for table in tables:
            counts = sa.select(table.c.kek, sa.func.count().label("rows")).group_by(table.c.kek)
            found.update({row.kek: row.rows for row in connection.execute(counts)})
    old = sum(count for kek, count in found.items() if kek != (newest or max(found, default="")))
    says = f"{counted(old, 'data key')} wrapped by an older key: run tipbench keys rotate vault"
    yield "vault", says if old else ""
