"""Profiles, consents, erasures and their receipts."""

import sqlalchemy as sa
from alembic import op

revision = "profile_0001"
down_revision = None
branch_labels = ("profile",)
depends_on = None
COUNTER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the tables of profiles, consents and erasures."""
    op.create_table(
        "profile_profiles",
        sa.Column("user", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("updated_at", sa.Double, nullable=False),
    )
    _consents()
    _erasures()


def downgrade() -> None:
    """Remove the tables of profiles, consents and erasures."""
    for table in ("profile_receipts", "profile_erasures", "profile_consents", "profile_profiles"):
        op.drop_table(table)


def _consents() -> None:
    op.create_table(
        "profile_consents",
        sa.Column("position", COUNTER, primary_key=True, autoincrement=True),
        sa.Column("user", sa.Text, nullable=True),
        sa.Column("pseudonym", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("given", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("text_hash", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("previous", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("erased_at", sa.Double, nullable=True),
        sa.UniqueConstraint("pseudonym", "number", name="uq_profile_consents_pseudonym_number"),
    )
    op.create_index("ix_profile_consents_user_purpose", "profile_consents", ["user", "purpose"])
    op.create_index("ix_profile_consents_erased_at", "profile_consents", ["erased_at"])


def _erasures() -> None:
    op.create_table(
        "profile_erasures",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("user", sa.Text, nullable=True, unique=True),
        sa.Column("pseudonym", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("modules", sa.JSON, nullable=False),
        sa.Column("requested_at", sa.Double, nullable=False),
        sa.Column("asked_at", sa.Double, nullable=False),
        sa.Column("done_at", sa.Double, nullable=True),
        sa.Column("scrubbed_at", sa.Double, nullable=True),
    )
    op.create_index("ix_profile_erasures_pseudonym", "profile_erasures", ["pseudonym"])
    op.create_index("ix_profile_erasures_done_at", "profile_erasures", ["done_at"])
    op.create_table(
        "profile_receipts",
        sa.Column("erasure", sa.Text, sa.ForeignKey("profile_erasures.id"), primary_key=True),
        sa.Column("module", sa.Text, primary_key=True),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
    )
