"""The task of the judge whose answer a row is."""

import sqlalchemy as sa
from alembic import op

revision = "bench_answers_0003"
down_revision = "bench_answers_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it; every answer from before is a rating."""
    op.add_column("bench_answers", sa.Column("task", sa.Text, nullable=False, server_default="rating"))


def downgrade() -> None:
    """Remove it, and with it answers that are no ratings, which nobody could read any more."""
    op.execute("delete from bench_answers where task <> 'rating'")
    op.drop_column("bench_answers", "task")
