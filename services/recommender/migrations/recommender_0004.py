"""Texts that models write ahead of time, and where the text of a served tip comes from."""

import sqlalchemy as sa
from alembic import op

revision = "recommender_0004"
down_revision = "recommender_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, and the column that names the source of a text."""
    op.add_column("recommender_served", sa.Column("source", sa.Text, nullable=False, server_default=""))
    op.create_table(
        "recommender_texts",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("user", sa.Text, nullable=False),
        sa.Column("context", sa.Text, nullable=False),
        sa.Column("arm", sa.Text, nullable=False),
        sa.Column("area", sa.Text, nullable=False),
        sa.Column("made_at", sa.Double, nullable=False),
        sa.Column("served_at", sa.Double, nullable=True),
        sa.Column("cost", sa.Double, nullable=False),
        sa.Column("external", sa.Boolean, nullable=False),
        sa.Column("fault", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_recommender_texts_made_at", "recommender_texts", ["made_at"])
    op.create_index("ix_recommender_texts_user_context", "recommender_texts", ["user", "context"])


def downgrade() -> None:
    """Remove the table and the column."""
    op.drop_table("recommender_texts")
    op.drop_column("recommender_served", "source")
