"""Profiles and consents are announced once more: the recommender, which is new, knows nobody from before."""

from alembic import op

revision = "profile_0004"
down_revision = "profile_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Mark what is there as not announced; whoever knows it already takes the event as nothing new."""
    op.execute("UPDATE profile_profiles SET announced = false")
    op.execute('UPDATE profile_consents SET announced = false WHERE "user" IS NOT NULL')


def downgrade() -> None:
    """Leave it: it is announced, or will be."""
