"""What counts of each user, hand-overs outside the app, and why a notice waits."""

import sqlalchemy as sa
from alembic import op

revision = "notifier_0002"
down_revision = "notifier_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of people and deliveries; notices from before were held by nothing."""
    op.create_table(
        "notifier_people",
        sa.Column("user", sa.Text, primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "notifier_deliveries",
        sa.Column("notice", sa.Text, primary_key=True),
        sa.Column("channel", sa.Text, primary_key=True),
        sa.Column("user", sa.Text, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("started_at", sa.Double, nullable=False),
        sa.Column("ended_at", sa.Double, nullable=True),
    )
    op.create_index("ix_notifier_deliveries_user_started_at", "notifier_deliveries", ["user", "started_at"])
    op.create_index("ix_notifier_deliveries_started_at", "notifier_deliveries", ["started_at"])
    op.create_index(
        "ix_notifier_deliveries_sending",
        "notifier_deliveries",
        ["notice"],
        sqlite_where=sa.text("state = 'sending'"),
        postgresql_where=sa.text("state = 'sending'"),
    )
    op.add_column("notifier_notices", sa.Column("code", sa.Text, nullable=False, server_default=""))
    op.add_column("notifier_notices", sa.Column("holds", sa.JSON, nullable=False, server_default="[]"))


def downgrade() -> None:
    """Remove the two tables and the two columns."""
    op.drop_column("notifier_notices", "holds")
    op.drop_column("notifier_notices", "code")
    op.drop_table("notifier_deliveries")
    op.drop_table("notifier_people")
