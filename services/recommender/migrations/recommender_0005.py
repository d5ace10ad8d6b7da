"""When users unsubscribed, and how long a decision took: what guards the trial of a policy."""

import sqlalchemy as sa
from alembic import op

revision = "recommender_0005"
down_revision = "recommender_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table and the column; of earlier decisions nothing is known."""
    op.add_column("recommender_decisions", sa.Column("took_ms", sa.Double, nullable=True))
    op.create_table(
        "recommender_leavings",
        sa.Column("user", sa.Text, primary_key=True),
        sa.Column("at", sa.Double, primary_key=True),
    )
    op.create_index("ix_recommender_leavings_at", "recommender_leavings", ["at"])


def downgrade() -> None:
    """Remove the table and the column."""
    op.drop_table("recommender_leavings")
    op.drop_column("recommender_decisions", "took_ms")
