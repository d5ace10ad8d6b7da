"""The tables of notifier; times are Unix seconds, what a notice says is sealed under its user's key."""

import sqlalchemy as sa

METADATA = sa.MetaData()

NOTICES = sa.Table(
    "notifier_notices",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("user", sa.Text, nullable=False),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("critical", sa.Boolean, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("release_at", sa.Double, nullable=False),
    sa.Column("created_at", sa.Double, nullable=False, index=True),
    sa.Column("expires_at", sa.Double, nullable=False),
    sa.Column("arrived_at", sa.Double, nullable=True),
    sa.Column("read_at", sa.Double, nullable=True),
    sa.Column("opened_at", sa.Double, nullable=True),
    sa.Column("archived_at", sa.Double, nullable=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("code", sa.Text, nullable=False, server_default=""),
    sa.Column("holds", sa.JSON, nullable=False, server_default="[]"),
    sa.Index(
        "ix_notifier_notices_waiting",
        "release_at",
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    ),
    sa.Index("ix_notifier_notices_user_arrived_at", "user", "arrived_at"),
)
"""One row an event that requested a notice, under the event's id, so that there is never a second one.

`topic` is the topic's pseudonym of this user. `state` is waiting until `release_at`, sending while a call is under way,
then settled; or expired, or muted. What has an `arrived_at` is in the app's inbox. `code` is why it is where it is,
`holds` what held it last, each with until when.
"""

DELIVERIES = sa.Table(
    "notifier_deliveries",
    METADATA,
    sa.Column("notice", sa.Text, primary_key=True),
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("user", sa.Text, nullable=False),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("started_at", sa.Double, nullable=False, index=True),
    sa.Column("ended_at", sa.Double, nullable=True),
    sa.Index(
        "ix_notifier_deliveries_sending",
        "notice",
        sqlite_where=sa.text("state = 'sending'"),
        postgresql_where=sa.text("state = 'sending'"),
    ),
    sa.Index(
        "ix_notifier_deliveries_unknown",
        "notice",
        sqlite_where=sa.text("state = 'unknown'"),
        postgresql_where=sa.text("state = 'unknown'"),
    ),
    sa.Index("ix_notifier_deliveries_user_started_at", "user", "started_at"),
)
"""The slot of a notice and channel, committed as sending before the call; then delivered, refused, later or unknown."""

PEOPLE = sa.Table(
    "notifier_people",
    METADATA,
    sa.Column("user", sa.Text, primary_key=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)
"""What counts of a user: preferences, agreed channels and a pause, sealed as one; from events alone."""

ADDRESSES = sa.Table(
    "notifier_addresses",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("user", sa.Text, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("hash", sa.LargeBinary, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=True),
    sa.Column("credential", sa.Text, nullable=True, index=True),
    sa.Column("added_at", sa.Double, nullable=False),
    sa.Column("ended_at", sa.Double, nullable=True, index=True),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Index("ix_notifier_addresses_user_channel_hash", "user", "channel", "hash", unique=True),
    sa.Index("ix_notifier_addresses_hash", "hash"),
)
"""Where a user is reached by a channel: a browser's subscription or a mail address, until it ended, and why it did.

`hash` is a keyed hash of the address, equal for all users. `sealed` is None once it ended. `credential` is the session
that brought it, whose end ends it too; None for an address that belongs to no session.
"""

SUPPRESSIONS = sa.Table(
    "notifier_suppressions",
    METADATA,
    sa.Column("hash", sa.LargeBinary, primary_key=True),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("added_at", sa.Double, nullable=False, index=True),
)
"""Mail addresses that get no mail, as keyed hashes that lead to no user, and why."""

CONFIRMATIONS = sa.Table(
    "notifier_confirmations",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("user", sa.Text, nullable=False, index=True),
    sa.Column("hash", sa.LargeBinary, nullable=False, index=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("due_at", sa.Double, nullable=False),
    sa.Column("created_at", sa.Double, nullable=False, index=True),
    sa.Index(
        "ix_notifier_confirmations_waiting",
        "due_at",
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    ),
)
"""Mail addresses that users entered: waiting until `due_at`, sending, sent, refused, unknown; confirmed or replaced."""
