"""Outgoing webhooks and their messages."""

import sqlalchemy as sa
from alembic import op

revision = "integrations_0004"
down_revision = "integrations_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of webhooks and messages."""
    op.create_table(
        "integrations_webhooks",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("events", sa.JSON, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("made_at", sa.Double, nullable=False),
        sa.Column("rotated_at", sa.Double, nullable=True),
        sa.Column("old_until", sa.Double, nullable=True),
        sa.Column("delivered_at", sa.Double, nullable=True),
        sa.Column("failing_since", sa.Double, nullable=True),
        sa.Column("kek", sa.Text, nullable=False),
        sa.Column("data_key", sa.LargeBinary, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_integrations_webhooks_made_by", "integrations_webhooks", ["made_by"])
    op.create_index("ix_integrations_webhooks_kek", "integrations_webhooks", ["kek"])
    op.create_table(
        "integrations_messages",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("webhook", sa.Text, sa.ForeignKey("integrations_webhooks.id"), nullable=False),
        sa.Column("event", sa.Text, nullable=True),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("made_at", sa.Double, nullable=False),
        sa.Column("until", sa.Double, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_at", sa.Double, nullable=True),
        sa.Column("claimed_until", sa.Double, nullable=False),
        sa.Column("ended_at", sa.Double, nullable=True),
        sa.Column("log", sa.JSON, nullable=False),
        sa.UniqueConstraint("webhook", "event", name="uq_integrations_messages_webhook_event"),
    )
    op.create_index("ix_integrations_messages_made_at", "integrations_messages", ["made_at"])
    op.create_index("ix_integrations_messages_next_at", "integrations_messages", ["next_at"])
    op.create_index("ix_integrations_messages_due", "integrations_messages", ["webhook", "next_at"])


def downgrade() -> None:
    """Remove the tables of webhooks and messages."""
    op.drop_table("integrations_messages")
    op.drop_table("integrations_webhooks")
