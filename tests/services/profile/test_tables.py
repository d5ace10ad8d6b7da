"""The tables against their migrations."""

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from services.profile.tables import METADATA
from tests.services.profile.world import World


def test_the_migrations_make_the_tables(world: World) -> None:
    """A migrated database has exactly the tables, columns and indexes that the code names."""
    with world.engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), METADATA)
    assert [difference for difference in differences if not _of_another_module(difference)] == []


def _of_another_module(difference: object) -> bool:
    kind, thing = (difference[0], difference[1]) if isinstance(difference, tuple) else ("", None)
    table = thing.table if isinstance(thing, sa.Index) else thing
    return str(kind).startswith("remove_") and isinstance(table, sa.Table) and not table.name.startswith("profile_")
