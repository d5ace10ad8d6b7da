"""Idempotency keys of launches."""

import sqlalchemy as sa
from alembic import op

revision = "bench_launches_0001"
down_revision = None
branch_labels = ("launches",)
depends_on = None


def upgrade() -> None:
    """Create the table and its index."""
    op.create_table(
        "bench_launches",
        sa.Column("actor", sa.Text, primary_key=True),
        sa.Column("op", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("body_hash", sa.Text, nullable=False),
        sa.Column("experiment", sa.Text, nullable=False),
        sa.Column("run_id", sa.Text),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
    )
    op.create_index("ix_bench_launches_at", "bench_launches", ["at"])


def downgrade() -> None:
    """Drop the table of launches."""
    op.drop_table("bench_launches")
