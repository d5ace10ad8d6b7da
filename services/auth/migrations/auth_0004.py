"""Grants of native clients and their refresh tokens."""

import sqlalchemy as sa
from alembic import op

revision = "auth_0004"
down_revision = "auth_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, and let a token name its grant."""
    op.create_table(
        "auth_grants",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("code_hash", sa.Text, nullable=False, unique=True),
        sa.Column("client", sa.Text, nullable=False),
        sa.Column("redirect", sa.Text, nullable=False),
        sa.Column("challenge", sa.Text, nullable=False),
        sa.Column("user", sa.Text, sa.ForeignKey("auth_users.id"), nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("spent_at", sa.Double, nullable=True),
        sa.Column("ends_at", sa.Double, nullable=False),
        sa.Column("revoked_at", sa.Double, nullable=True),
    )
    op.create_table(
        "auth_refresh",
        sa.Column("hash", sa.Text, primary_key=True),
        sa.Column("grant", sa.Text, sa.ForeignKey("auth_grants.id"), nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("expires_at", sa.Double, nullable=False),
        sa.Column("used_at", sa.Double, nullable=True),
        sa.Column("successor", sa.Text, nullable=True, unique=True),
        sa.Column("answer", sa.LargeBinary, nullable=True),
    )
    op.add_column("auth_tokens", sa.Column("grant", sa.Text, nullable=True))
    op.create_index("ix_auth_grants_user", "auth_grants", ["user"])
    op.create_index("ix_auth_grants_ends_at", "auth_grants", ["ends_at"])
    op.create_index("ix_auth_refresh_grant", "auth_refresh", ["grant"])
    op.create_index("ix_auth_refresh_expires_at", "auth_refresh", ["expires_at"])
    op.create_index("ix_auth_tokens_grant", "auth_tokens", ["grant"])


def downgrade() -> None:
    """Remove the tables of grants."""
    op.drop_index("ix_auth_tokens_grant", "auth_tokens")
    op.drop_column("auth_tokens", "grant")
    for table in ("auth_refresh", "auth_grants"):
        op.drop_table(table)
