"""The tables against their migrations."""

from services.integrations.tables import METADATA
from tests.migrated_tables import differences_of
from tests.services.integrations.world import World


def test_the_migrations_make_the_tables(world: World) -> None:
    """A migrated database has exactly the tables, columns and indexes that the code names."""
    assert differences_of(world.engine, METADATA, "integrations_") == []
