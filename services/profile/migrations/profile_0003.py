"""Which profiles and consents were announced to the other modules: those from before are, once more."""

import sqlalchemy as sa
from alembic import op

revision = "profile_0003"
down_revision = "profile_0002"
branch_labels = None
depends_on = None
TABLES = ("profile_profiles", "profile_consents")


def upgrade() -> None:
    """Add the column to both tables, false for what is there, with an index of what is not announced."""
    for table in TABLES:
        op.add_column(table, sa.Column("announced", sa.Boolean, nullable=False, server_default=sa.false()))
        op.create_index(
            f"ix_{table}_unannounced",
            table,
            ["user"],
            sqlite_where=sa.text("NOT announced"),
            postgresql_where=sa.text("NOT announced"),
        )


def downgrade() -> None:
    """Remove the columns with their indexes."""
    for table in TABLES:
        op.drop_index(f"ix_{table}_unannounced", table)
        op.drop_column(table, "announced")
