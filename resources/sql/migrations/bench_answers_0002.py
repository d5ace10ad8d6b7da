"""Whose answers a webhook message brought, and how many bytes of them, for a judge's quota."""

import sqlalchemy as sa
from alembic import op

revision = "bench_answers_0002"
down_revision = "bench_answers_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for it; messages from before count for nobody."""
    op.add_column("bench_webhooks", sa.Column("experiment", sa.Text, nullable=True))
    op.add_column("bench_webhooks", sa.Column("judge", sa.Text, nullable=True))
    op.add_column("bench_webhooks", sa.Column("size", sa.BigInteger, nullable=True))
    op.create_index("ix_bench_webhooks_judge", "bench_webhooks", ["experiment", "judge", "at"])


def downgrade() -> None:
    """Remove the columns and their index."""
    op.drop_index("ix_bench_webhooks_judge", "bench_webhooks")
    for column in ("size", "judge", "experiment"):
        op.drop_column("bench_webhooks", column)
