"""Authorizations under way: OAuth from the browser's leaving to its return."""

import sqlalchemy as sa
from alembic import op

revision = "integrations_0003"
down_revision = "integrations_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table of authorizations."""
    op.create_table(
        "integrations_authorizations",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("user", sa.Text, nullable=False),
        sa.Column("session", sa.Text, nullable=False),
        sa.Column("provider", sa.Text, nullable=False),
        sa.Column("time_zone", sa.Text, nullable=False),
        sa.Column("expires_at", sa.Double, nullable=False),
    )
    for name in ("user", "expires_at"):
        op.create_index(f"ix_integrations_authorizations_{name}", "integrations_authorizations", [name])


def downgrade() -> None:
    """Remove the table; whoever is at a provider begins again."""
    op.drop_table("integrations_authorizations")
