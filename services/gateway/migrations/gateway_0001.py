"""Answers that are given again to a repeated request."""

import sqlalchemy as sa
from alembic import op

revision = "gateway_0001"
down_revision = None
branch_labels = ("gateway",)
depends_on = None


def upgrade() -> None:
    """Make the table of replies."""
    op.create_table(
        "gateway_replies",
        sa.Column("user", sa.Text, primary_key=True),
        sa.Column("route", sa.Text, primary_key=True),
        sa.Column("key_hash", sa.Text, primary_key=True),
        sa.Column("body_hash", sa.Text, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("answer", sa.LargeBinary, nullable=True),
    )
    op.create_index("ix_gateway_replies_at", "gateway_replies", ["at"])


def downgrade() -> None:
    """Remove the table of replies."""
    op.drop_table("gateway_replies")
