"""Answers given page by page, upload links and webhook messages."""

import sqlalchemy as sa
from alembic import op

revision = "bench_answers_0001"
down_revision = None
branch_labels = ("answers",)
depends_on = None


def upgrade() -> None:
    """Create the tables and their indexes."""
    op.create_table(
        "bench_answers",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("experiment", sa.Text, nullable=False),
        sa.Column("round", sa.Text, nullable=False),
        sa.Column("judge", sa.Text, nullable=False),
        sa.Column("item", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("saved_at", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False, server_default="saved"),
        sa.Column("batch", sa.Text),
        sa.Column("withdrawn_at", sa.Text),
        sa.Column("restores", sa.Integer),
    )
    op.create_index("ix_bench_answers_item", "bench_answers", ["experiment", "judge", "item"])
    op.create_index("ix_bench_answers_state", "bench_answers", ["state", "experiment"])
    op.create_table(
        "bench_uploads",
        sa.Column("token_hash", sa.Text, primary_key=True),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("role", sa.Integer, nullable=False),
        sa.Column("experiment", sa.Text, nullable=False),
        sa.Column("judge", sa.Text),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.Float, nullable=False),
        sa.Column("consumed_at", sa.Float),
        sa.Column("sha256", sa.Text),
    )
    op.create_table(
        "bench_webhooks",
        sa.Column("endpoint", sa.Text, primary_key=True),
        sa.Column("message_id", sa.Text, primary_key=True),
        sa.Column("body_hash", sa.Text, nullable=False),
        sa.Column("receipt", sa.Text, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    )
    op.create_index("ix_bench_webhooks_at", "bench_webhooks", ["at"])


def downgrade() -> None:
    """Drop the three tables again."""
    for table in ("bench_webhooks", "bench_uploads", "bench_answers"):
        op.drop_table(table)
