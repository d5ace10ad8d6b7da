from pathlib import Path

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from resources.home import Home
from services.auth.tables import METADATA
from wiring.database import open_database


def test_the_migrations_make_the_tables(tmp_path: Path) -> None:
    """A migrated database has exactly the tables, columns and indexes that the code names."""
    engine = open_database(Home(tmp_path), None)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        differences = compare_metadata(context, METADATA)
    engine.dispose()
    mine = [difference for difference in differences if not _of_another_module(difference)]
    assert mine == []


def _of_another_module(difference: object) -> bool:
    kind, thing = (difference[0], difference[1]) if isinstance(difference, tuple) else ("", None)
    table = thing.table if isinstance(thing, sa.Index) else thing
    return str(kind).startswith("remove_") and isinstance(table, sa.Table) and not table.name.startswith("auth_")
