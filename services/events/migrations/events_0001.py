"""Outbox, inbox, dead letters and the signal log."""

import sqlalchemy as sa
from alembic import op

revision = "events_0001"
down_revision = None
branch_labels = ("events",)
depends_on = None
COUNTER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the tables of events."""
    _outbox()
    _inbox()
    _dead()
    _signals()


def downgrade() -> None:
    """Remove the tables of events."""
    for table in ("events_signals", "events_dead", "events_inbox", "events_outbox"):
        op.drop_table(table)


def _outbox() -> None:
    op.create_table(
        "events_outbox",
        sa.Column("position", COUNTER, primary_key=True, autoincrement=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("user", sa.Text, nullable=True),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("sent_at", sa.Double, nullable=True),
    )
    unsent = sa.text("sent_at IS NULL")
    op.create_index(
        "ix_events_outbox_unsent", "events_outbox", ["position"], sqlite_where=unsent, postgresql_where=unsent
    )
    op.create_index("ix_events_outbox_sent_at", "events_outbox", ["sent_at"])
    op.create_index("ix_events_outbox_user", "events_outbox", ["user"])


def _inbox() -> None:
    op.create_table(
        "events_inbox",
        sa.Column("position", COUNTER, primary_key=True, autoincrement=True),
        sa.Column("consumer", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("user", sa.Text, nullable=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("not_before", sa.Double, nullable=False),
        sa.Column("received_at", sa.Double, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=True),
        sa.UniqueConstraint("consumer", "id", name="uq_events_inbox_consumer_id"),
    )
    waiting = sa.text("state = 'waiting'")
    op.create_index(
        "ix_events_inbox_waiting",
        "events_inbox",
        ["consumer", "position"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    op.create_index("ix_events_inbox_received_at", "events_inbox", ["received_at"])
    op.create_index("ix_events_inbox_user", "events_inbox", ["user"])


def _dead() -> None:
    op.create_table(
        "events_dead",
        sa.Column("consumer", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("user", sa.Text, nullable=True),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
    )
    op.create_index("ix_events_dead_at", "events_dead", ["at"])
    op.create_index("ix_events_dead_user", "events_dead", ["user"])


def _signals() -> None:
    op.create_table(
        "events_signals",
        sa.Column("position", COUNTER, primary_key=True, autoincrement=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("user", sa.Text, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_events_signals_at", "events_signals", ["at"])
    op.create_index("ix_events_signals_user_at", "events_signals", ["user", "at"])
