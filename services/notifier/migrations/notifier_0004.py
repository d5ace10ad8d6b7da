"""Mail addresses that get no mail, and those that wait to be confirmed."""

import sqlalchemy as sa
from alembic import op

revision = "notifier_0004"
down_revision = "notifier_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the two tables."""
    op.create_table(
        "notifier_suppressions",
        sa.Column("hash", sa.LargeBinary, primary_key=True),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("added_at", sa.Double, nullable=False),
    )
    op.create_index("ix_notifier_suppressions_added_at", "notifier_suppressions", ["added_at"])
    op.create_table(
        "notifier_confirmations",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("user", sa.Text, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("due_at", sa.Double, nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
    )
    for column in ("user", "hash", "created_at"):
        op.create_index(f"ix_notifier_confirmations_{column}", "notifier_confirmations", [column])
    op.create_index(
        "ix_notifier_confirmations_waiting",
        "notifier_confirmations",
        ["due_at"],
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )


def downgrade() -> None:
    """Remove the two tables."""
    op.drop_table("notifier_confirmations")
    op.drop_table("notifier_suppressions")
