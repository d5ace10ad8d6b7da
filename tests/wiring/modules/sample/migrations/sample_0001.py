"""The sample's tables."""

import sqlalchemy as sa
from alembic import op

revision = "sample_0001"
down_revision = None
branch_labels = ("sample",)
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "sample_notes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("user", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
    )
    op.create_table(
        "sample_counts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("notes", sa.Integer, nullable=False),
        sa.Column("process", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    """Remove the tables."""
    op.drop_table("sample_counts")
    op.drop_table("sample_notes")
