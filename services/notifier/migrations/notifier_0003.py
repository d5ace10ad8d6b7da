"""Where users are reached outside the app."""

import sqlalchemy as sa
from alembic import op

revision = "notifier_0003"
down_revision = "notifier_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of addresses."""
    op.create_table(
        "notifier_addresses",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("user", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=True),
        sa.Column("credential", sa.Text, nullable=True),
        sa.Column("added_at", sa.Double, nullable=False),
        sa.Column("ended_at", sa.Double, nullable=True),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_index("ix_notifier_addresses_credential", "notifier_addresses", ["credential"])
    op.create_index("ix_notifier_addresses_ended_at", "notifier_addresses", ["ended_at"])
    op.create_index(
        "ix_notifier_addresses_user_channel_hash", "notifier_addresses", ["user", "channel", "hash"], unique=True
    )
    op.create_index("ix_notifier_addresses_hash", "notifier_addresses", ["hash"])


def downgrade() -> None:
    """Remove the table of addresses again."""
    op.drop_table("notifier_addresses")
