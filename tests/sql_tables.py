"""The table of SQLAlchemy that a module's retention is about, for tests that fill it and look into it."""

import sqlalchemy as sa

from contracts.modules.retention import TableRetention


def sql_table(retention: TableRetention) -> sa.Table:
    """Return the table."""
    assert isinstance(retention.table, sa.Table)
    return retention.table
