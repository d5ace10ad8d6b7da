"""Hand-overs whose outcome is unknown are found without reading all."""

import sqlalchemy as sa
from alembic import op

revision = "notifier_0005"
down_revision = "notifier_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index of them."""
    op.create_index(
        "ix_notifier_deliveries_unknown",
        "notifier_deliveries",
        ["notice"],
        sqlite_where=sa.text("state = 'unknown'"),
        postgresql_where=sa.text("state = 'unknown'"),
    )


def downgrade() -> None:
    """Remove the index of them."""
    op.drop_index("ix_notifier_deliveries_unknown", "notifier_deliveries")
