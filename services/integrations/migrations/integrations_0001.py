"""Connections and the items that were read from them."""

import sqlalchemy as sa
from alembic import op

revision = "integrations_0001"
down_revision = None
branch_labels = ("integrations",)
depends_on = None


def upgrade() -> None:
    """Make the tables of connections and items."""
    op.create_table(
        "integrations_connections",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("user", sa.Text, nullable=False),
        sa.Column("provider", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("connected_at", sa.Double, nullable=False),
        sa.Column("synced_at", sa.Double, nullable=True),
        sa.Column("covers_until", sa.Double, nullable=False),
        sa.Column("next_sync_at", sa.Double, nullable=True),
        sa.Column("retry_at", sa.Double, nullable=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("claimed_until", sa.Double, nullable=False),
        sa.Column("kek", sa.Text, nullable=False),
        sa.Column("data_key", sa.LargeBinary, nullable=False),
        sa.Column("grant", sa.LargeBinary, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("busy", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("user", "fingerprint", name="uq_integrations_connections_user_fingerprint"),
    )
    op.create_index("ix_integrations_connections_next_sync_at", "integrations_connections", ["next_sync_at"])
    op.create_index("ix_integrations_connections_kek", "integrations_connections", ["kek"])
    op.create_table(
        "integrations_items",
        sa.Column("connection", sa.Text, sa.ForeignKey("integrations_connections.id"), primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("user", sa.Text, nullable=False),
        sa.Column("mark", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_integrations_items_user", "integrations_items", ["user"])


def downgrade() -> None:
    """Remove the tables of connections and items."""
    op.drop_table("integrations_items")
    op.drop_table("integrations_connections")
