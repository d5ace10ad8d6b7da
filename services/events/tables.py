"""The tables of events; times are Unix seconds, `body` is the encoded envelope with a personal payload sealed in it."""

import sqlalchemy as sa

METADATA = sa.MetaData()
COUNTER = sa.BigInteger().with_variant(sa.Integer, "sqlite")

OUTBOX = sa.Table(
    "events_outbox",
    METADATA,
    sa.Column("position", COUNTER, primary_key=True, autoincrement=True),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("user", sa.Text, nullable=True, index=True),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Column("sent_at", sa.Double, nullable=True),
    sa.Index(
        "ix_events_outbox_unsent",
        "position",
        sqlite_where=sa.text("sent_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL"),
    ),
    sa.Index("ix_events_outbox_sent_at", "sent_at"),
)
"""One row an event, written by the transaction that caused it."""

INBOX = sa.Table(
    "events_inbox",
    METADATA,
    sa.Column("position", COUNTER, primary_key=True, autoincrement=True),
    sa.Column("consumer", sa.Text, nullable=False),
    sa.Column("id", sa.Text, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("user", sa.Text, nullable=True, index=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("not_before", sa.Double, nullable=False),
    sa.Column("received_at", sa.Double, nullable=False, index=True),
    sa.Column("body", sa.LargeBinary, nullable=True),
    sa.UniqueConstraint("consumer", "id", name="uq_events_inbox_consumer_id"),
    sa.Index(
        "ix_events_inbox_waiting",
        "consumer",
        "position",
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    ),
)
"""One row a consumer and event: `state` done, waiting (with the body) or dead; what is here is not handled again."""

DEAD = sa.Table(
    "events_dead",
    METADATA,
    sa.Column("consumer", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("user", sa.Text, nullable=True, index=True),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("error", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("at", sa.Double, nullable=False, index=True),
)
"""Events that a consumer could not handle, until they are driven again."""

SIGNALS = sa.Table(
    "events_signals",
    METADATA,
    sa.Column("position", COUNTER, primary_key=True, autoincrement=True),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("user", sa.Text, nullable=False),
    sa.Column("at", sa.Double, nullable=False, index=True),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Index("ix_events_signals_user_at", "user", "at"),
)
"""What users did with tips, in the order in which it was taken; `at` is the event's own time."""
