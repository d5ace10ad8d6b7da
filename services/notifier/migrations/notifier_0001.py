"""Notices: what is to be said, when, and the app's inbox."""

import sqlalchemy as sa
from alembic import op

revision = "notifier_0001"
down_revision = None
branch_labels = ("notifier",)
depends_on = None


def upgrade() -> None:
    """Make the table of notices."""
    op.create_table(
        "notifier_notices",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("user", sa.Text, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("critical", sa.Boolean, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("release_at", sa.Double, nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("expires_at", sa.Double, nullable=False),
        sa.Column("arrived_at", sa.Double, nullable=True),
        sa.Column("read_at", sa.Double, nullable=True),
        sa.Column("opened_at", sa.Double, nullable=True),
        sa.Column("archived_at", sa.Double, nullable=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_notifier_notices_created_at", "notifier_notices", ["created_at"])
    op.create_index("ix_notifier_notices_user_arrived_at", "notifier_notices", ["user", "arrived_at"])
    op.create_index(
        "ix_notifier_notices_waiting",
        "notifier_notices",
        ["release_at"],
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )


def downgrade() -> None:
    """Remove the table of notices."""
    op.drop_table("notifier_notices")
