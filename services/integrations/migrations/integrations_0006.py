"""Channels by which providers say that a connection changed."""

import sqlalchemy as sa
from alembic import op

revision = "integrations_0006"
down_revision = "integrations_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of channels."""
    op.create_table(
        "integrations_channels",
        sa.Column("connection", sa.Text, sa.ForeignKey("integrations_connections.id"), primary_key=True),
        sa.Column("user", sa.Text, nullable=False),
        sa.Column("provider", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("ends_at", sa.Double, nullable=True),
        sa.Column("next_at", sa.Double, nullable=True),
        sa.Column("failures", sa.Integer, nullable=False),
    )
    for column in ("user", "name", "next_at"):
        op.create_index(f"ix_integrations_channels_{column}", "integrations_channels", [column])


def downgrade() -> None:
    """Remove the table of channels."""
    op.drop_table("integrations_channels")
