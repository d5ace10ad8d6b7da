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
    sa.Index(
        "ix_notifier_notices_waiting",
        "release_at",
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    ),
    sa.Index("ix_notifier_notices_user_arrived_at", "user", "arrived_at"),
)
"""One row an event that requested a notice, under the event's id, so that there is never a second one.

`topic` is the topic's pseudonym of this user. `state` is waiting until `release_at`, then settled; or expired. What has
an `arrived_at` is in the app's inbox.
"""
