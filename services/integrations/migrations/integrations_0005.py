"""Webhooks by which providers say that there is something to read, and the messages that came."""

import sqlalchemy as sa
from alembic import op

revision = "integrations_0005"
down_revision = "integrations_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of webhooks in and of the messages that came."""
    op.create_table(
        "integrations_sync_webhooks",
        sa.Column("id", sa.Text, sa.ForeignKey("integrations_connections.id"), primary_key=True),
        sa.Column("user", sa.Text, nullable=False),
        sa.Column("made_at", sa.Double, nullable=False),
        sa.Column("old_until", sa.Double, nullable=True),
        sa.Column("kek", sa.Text, nullable=False),
        sa.Column("data_key", sa.LargeBinary, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_integrations_sync_webhooks_user", "integrations_sync_webhooks", ["user"])
    op.create_index("ix_integrations_sync_webhooks_kek", "integrations_sync_webhooks", ["kek"])
    op.create_table(
        "integrations_sync_messages",
        sa.Column("webhook", sa.Text, sa.ForeignKey("integrations_sync_webhooks.id"), primary_key=True),
        sa.Column("message", sa.Text, primary_key=True),
        sa.Column("user", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("received_at", sa.Double, nullable=False),
    )
    op.create_index("ix_integrations_sync_messages_user", "integrations_sync_messages", ["user"])
    op.create_index("ix_integrations_sync_messages_received_at", "integrations_sync_messages", ["received_at"])


def downgrade() -> None:
    """Remove the tables of webhooks in and of messages."""
    op.drop_table("integrations_sync_messages")
    op.drop_table("integrations_sync_webhooks")
