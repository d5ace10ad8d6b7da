"""What became of what a user's identity providers had granted us."""

import sqlalchemy as sa
from alembic import op

revision = "profile_0002"
down_revision = "profile_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for it; erasures from before had none."""
    op.add_column("profile_erasures", sa.Column("grants", sa.Text, nullable=True))


def downgrade() -> None:
    """Remove the column of grants."""
    op.drop_column("profile_erasures", "grants")
