"""Users, sessions, tokens and one-time links."""

import sqlalchemy as sa
from alembic import op

revision = "auth_0001"
down_revision = None
branch_labels = ("auth",)
depends_on = None


def upgrade() -> None:
    """Make the tables of users, sessions and links."""
    op.create_table(
        "auth_users",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("role", sa.Integer, nullable=False),
        sa.Column("judge", sa.Text, nullable=True, unique=True),
        sa.Column("service", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("last_seen_at", sa.Double, nullable=True),
    )
    op.create_table(
        "auth_sessions",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("secret_hash", sa.Text, nullable=False, unique=True),
        sa.Column("user", sa.Text, sa.ForeignKey("auth_users.id"), nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("expires_at", sa.Double, nullable=False),
        sa.Column("ends_at", sa.Double, nullable=False),
        sa.Column("revoked_at", sa.Double, nullable=True),
    )
    op.create_table(
        "auth_tokens",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("user", sa.Text, sa.ForeignKey("auth_users.id"), nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("expires_at", sa.Double, nullable=False),
        sa.Column("revoked_at", sa.Double, nullable=True),
    )
    op.create_table(
        "auth_links",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("secret_hash", sa.Text, nullable=False, unique=True),
        sa.Column("user", sa.Text, sa.ForeignKey("auth_users.id"), nullable=True),
        sa.Column("role", sa.Integer, nullable=False),
        sa.Column("judge", sa.Text, nullable=True),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("expires_at", sa.Double, nullable=False),
        sa.Column("spent_at", sa.Double, nullable=True),
    )
    op.create_index("ix_auth_sessions_user", "auth_sessions", ["user"])
    op.create_index("ix_auth_tokens_user", "auth_tokens", ["user"])
    op.create_index("ix_auth_links_judge", "auth_links", ["judge"])
    op.create_index("ix_auth_links_made_by", "auth_links", ["made_by"])


def downgrade() -> None:
    """Remove the tables of users, sessions and links."""
    for table in ("auth_links", "auth_tokens", "auth_sessions", "auth_users"):
        op.drop_table(table)
