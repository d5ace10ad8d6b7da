from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from resources.home import Home
from resources.sql.tables import METADATA
from wiring.database import open_database


def test_the_migrations_make_the_tables_of_the_code(tmp_path: Path) -> None:
    """A database brought to every head differs in nothing from what the code expects; others' tables aside."""
    engine = open_database(Home(tmp_path), None)
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), METADATA)
    ours = [change for change in found if change[0] not in {"remove_table", "remove_index"}]
    assert ours == []
    engine.dispose()
