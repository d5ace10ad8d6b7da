"""What is learnt: when each tip was first shown and acted on, and counts by arm."""

import sqlalchemy as sa
from alembic import op

revision = "recommender_0002"
down_revision = "recommender_0001"
branch_labels = None
depends_on = None

FIRST = """
UPDATE recommender_served SET {column} = (
    SELECT CAST(ROUND(MIN(f.at) * 1000) AS BIGINT) FROM recommender_feedback f
    WHERE f.decision = recommender_served.decision AND f.tip = recommender_served.tip AND f.event = '{event}'
    AND f.at >= recommender_served.served_at
)
"""


def upgrade() -> None:
    """Make the columns and tables, and take the times from the feedback that is there."""
    op.add_column("recommender_decisions", sa.Column("state_version", sa.BigInteger, nullable=True))
    op.add_column("recommender_decisions", sa.Column("state_hash", sa.Text, nullable=True))
    for column, event in (("shown_at", "shown"), ("acted_at", "acted")):
        op.add_column("recommender_served", sa.Column(column, sa.BigInteger, nullable=True))
        op.execute(FIRST.format(column=column, event=event))
    op.create_table(
        "recommender_states",
        sa.Column("counting", sa.Text, primary_key=True),
        sa.Column("rule", sa.JSON, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "recommender_counts",
        sa.Column("counting", sa.Text, primary_key=True),
        sa.Column("arm", sa.Text, primary_key=True),
        sa.Column("changed", sa.BigInteger, nullable=False),
        sa.Column("shown", sa.BigInteger, nullable=False),
        sa.Column("acted", sa.BigInteger, nullable=False),
        sa.Column("sums", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_recommender_counts_changed", "recommender_counts", ["counting", "changed"])


def downgrade() -> None:
    """Remove the tables and columns."""
    op.drop_table("recommender_counts")
    op.drop_table("recommender_states")
    for table, columns in (("served", ("acted_at", "shown_at")), ("decisions", ("state_hash", "state_version"))):
        for column in columns:
            op.drop_column(f"recommender_{table}", column)
