"""Recommender: decisions, the tips that were served, feedback, and what counts of users."""

import sqlalchemy as sa
from alembic import op

revision = "recommender_0001"
down_revision = None
branch_labels = ("recommender",)
depends_on = None


def upgrade() -> None:
    """Make the four tables of the module."""
    _decisions()
    _served()
    op.create_table(
        "recommender_feedback",
        sa.Column("user", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("decision", sa.Text, nullable=False),
        sa.Column("tip", sa.Text, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_recommender_feedback_decision", "recommender_feedback", ["decision"])
    op.create_index("ix_recommender_feedback_at", "recommender_feedback", ["at"])
    op.create_table(
        "recommender_people",
        sa.Column("user", sa.Text, primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )


def _decisions() -> None:
    op.create_table(
        "recommender_decisions",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("user", sa.Text, nullable=False),
        sa.Column("made_at", sa.Double, nullable=False),
        sa.Column("surface", sa.Text, nullable=False),
        sa.Column("area", sa.Text, nullable=True),
        sa.Column("hour_band", sa.Text, nullable=True),
        sa.Column("weekday", sa.Text, nullable=True),
        sa.Column("locale", sa.Text, nullable=True),
        sa.Column("k", sa.Integer, nullable=False),
        sa.Column("policy", sa.Text, nullable=False),
        sa.Column("policy_hash", sa.Text, nullable=False),
        sa.Column("seed", sa.BigInteger, nullable=False),
        sa.Column("fallback", sa.Boolean, nullable=False),
        sa.Column("arms", sa.JSON, nullable=False),
        sa.Column("left_out", sa.JSON, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_recommender_decisions_made_at", "recommender_decisions", ["made_at"])
    op.create_index("ix_recommender_decisions_user_made_at", "recommender_decisions", ["user", "made_at"])


def _served() -> None:
    op.create_table(
        "recommender_served",
        sa.Column("decision", sa.Text, primary_key=True),
        sa.Column("place", sa.Integer, primary_key=True),
        sa.Column("user", sa.Text, nullable=False),
        sa.Column("tip", sa.Text, nullable=False),
        sa.Column("arm", sa.Text, nullable=False),
        sa.Column("area", sa.Text, nullable=False),
        sa.Column("surface", sa.Text, nullable=False),
        sa.Column("propensity", sa.Double, nullable=False),
        sa.Column("served_at", sa.Double, nullable=False),
        sa.Column("ended_at", sa.Double, nullable=True),
        sa.Column("hides", sa.Text, nullable=False, server_default=""),
    )
    op.create_index("ix_recommender_served_served_at", "recommender_served", ["served_at"])
    op.create_index("ix_recommender_served_user_served_at", "recommender_served", ["user", "served_at"])
    op.create_index(
        "ix_recommender_served_hiding",
        "recommender_served",
        ["user"],
        sqlite_where=sa.text("hides <> ''"),
        postgresql_where=sa.text("hides <> ''"),
    )


def downgrade() -> None:
    """Remove the four tables of the module."""
    for table in ("people", "feedback", "served", "decisions"):
        op.drop_table(f"recommender_{table}")
