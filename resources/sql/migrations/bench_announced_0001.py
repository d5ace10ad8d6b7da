"""What happened to experiments and was announced to the other modules."""

import sqlalchemy as sa
from alembic import op

revision = "bench_announced_0001"
down_revision = None
branch_labels = ("bench_announced",)
depends_on = None


def upgrade() -> None:
    """Make the table with its index."""
    op.create_table(
        "bench_announced",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("at", sa.Double, nullable=False),
    )
    op.create_index("ix_bench_announced_at", "bench_announced", ["at"])


def downgrade() -> None:
    """Remove the table with its index."""
    op.drop_table("bench_announced")
