"""How a migrated database differs from the tables that a module's code names."""

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext


def differences_of(engine: sa.Engine, metadata: sa.MetaData, prefix: str) -> list[object]:
    """Return the differences but for tables of other modules, whose names do not begin with `prefix`."""
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    return [difference for difference in differences if not _of_another_module(difference, prefix)]


def _of_another_module(difference: object, prefix: str) -> bool:
    kind, thing = (difference[0], difference[1]) if isinstance(difference, tuple) else ("", None)
    table = thing.table if isinstance(thing, sa.Index) else thing
    return str(kind).startswith("remove_") and isinstance(table, sa.Table) and not table.name.startswith(prefix)
