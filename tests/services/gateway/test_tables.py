"""The gateway's table."""

from pathlib import Path

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from resources.home import Home
from services.gateway.tables import METADATA
from wiring.database import open_database


def test_the_migrations_make_the_table(tmp_path: Path) -> None:
    """A migrated database has exactly the columns and indexes that the code names."""
    engine = open_database(Home(tmp_path), None)
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), METADATA)
    engine.dispose()
    assert [each for each in differences if "gateway_" in str(each)] == []
    assert sa.inspect(METADATA.tables["gateway_replies"]).primary_key.columns.keys() == ["user", "route", "key_hash"]
