"""Identities at providers, and sign-ins under way."""

import sqlalchemy as sa
from alembic import op

revision = "auth_0002"
down_revision = "auth_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of identities and transactions."""
    op.create_table(
        "auth_identities",
        sa.Column("issuer", sa.Text, primary_key=True),
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("user", sa.Text, sa.ForeignKey("auth_users.id"), nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("used_at", sa.Double, nullable=False),
    )
    op.create_table(
        "auth_attempts",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("secret_hash", sa.Text, nullable=False, unique=True),
        sa.Column("provider", sa.Text, nullable=False),
        sa.Column("next", sa.Text, nullable=False),
        sa.Column("link", sa.Text, nullable=True),
        sa.Column("credential", sa.Text, nullable=True),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("expires_at", sa.Double, nullable=False),
        sa.Column("spent_at", sa.Double, nullable=True),
    )
    op.create_index("ix_auth_identities_user", "auth_identities", ["user"])
    op.create_index("ix_auth_attempts_expires_at", "auth_attempts", ["expires_at"])


def downgrade() -> None:
    """Remove the tables of identities and transactions."""
    for table in ("auth_attempts", "auth_identities"):
        op.drop_table(table)
