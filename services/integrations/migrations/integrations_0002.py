"""Until when an item may stay if its connection is read no more."""

import sqlalchemy as sa
from alembic import op

revision = "integrations_0002"
down_revision = "integrations_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column to the table of items; those that are there go at the next pruning, or are read again before."""
    op.add_column("integrations_items", sa.Column("covers_until", sa.Double, nullable=False, server_default="0"))
    op.create_index("ix_integrations_items_covers_until", "integrations_items", ["covers_until"])


def downgrade() -> None:
    """Remove the column with its index."""
    op.drop_index("ix_integrations_items_covers_until", "integrations_items")
    op.drop_column("integrations_items", "covers_until")
