"""Promotions of policies, and tips and cells that are paused."""

import sqlalchemy as sa
from alembic import op

revision = "recommender_0003"
down_revision = "recommender_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, and the column that names the promotion of a decision."""
    op.add_column("recommender_decisions", sa.Column("promotion", sa.BigInteger, nullable=True))
    op.create_table(
        "recommender_promotions",
        sa.Column("version", sa.BigInteger, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("policy", sa.JSON, nullable=False),
        sa.Column("policy_hash", sa.Text, nullable=False),
        sa.Column("canary", sa.JSON, nullable=False),
        sa.Column("canary_hash", sa.Text, nullable=False),
        sa.Column("share", sa.Double, nullable=False),
        sa.Column("before", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "recommender_pauses",
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )


def downgrade() -> None:
    """Remove the tables and the column."""
    op.drop_table("recommender_pauses")
    op.drop_table("recommender_promotions")
    op.drop_column("recommender_decisions", "promotion")
