"""What a page calls an answer, so that one sent twice counts once, and items that judges flag for the admins."""

import sqlalchemy as sa
from alembic import op

revision = "bench_answers_0004"
down_revision = "bench_answers_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for both; answers from before have no key."""
    op.add_column("bench_answers", sa.Column("key", sa.Text, nullable=True))
    op.create_index("ix_bench_answers_key", "bench_answers", ["experiment", "judge", "item", "key"], unique=True)
    op.create_table(
        "bench_flags",
        sa.Column("experiment", sa.Text, primary_key=True),
        sa.Column("judge", sa.Text, primary_key=True),
        sa.Column("item", sa.Text, primary_key=True),
        sa.Column("round", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
    )
    op.create_index("ix_bench_flags_at", "bench_flags", ["at"])


def downgrade() -> None:
    """Drop the column and the table, with all that they hold."""
    op.drop_table("bench_flags")
    op.drop_index("ix_bench_answers_key", "bench_answers")
    op.drop_column("bench_answers", "key")
