"""The token that takes an identity's grant back at its provider."""

import sqlalchemy as sa
from alembic import op

revision = "auth_0005"
down_revision = "auth_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for it; rows from before have none."""
    op.add_column("auth_identities", sa.Column("grant", sa.LargeBinary, nullable=True))


def downgrade() -> None:
    """Remove the column of refresh tokens."""
    op.drop_column("auth_identities", "grant")
