"""The tables of integrations; times are Unix seconds, what was read is sealed under its user's key."""

import sqlalchemy as sa

METADATA = sa.MetaData()

CONNECTIONS = sa.Table(
    "integrations_connections",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("user", sa.Text, nullable=False),
    sa.Column("provider", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("fingerprint", sa.Text, nullable=False),
    sa.Column("connected_at", sa.Double, nullable=False),
    sa.Column("synced_at", sa.Double, nullable=True),
    sa.Column("covers_until", sa.Double, nullable=False),
    sa.Column("next_sync_at", sa.Double, nullable=True, index=True),
    sa.Column("retry_at", sa.Double, nullable=True),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("claimed_until", sa.Double, nullable=False),
    sa.Column("kek", sa.Text, nullable=False, index=True),
    sa.Column("data_key", sa.LargeBinary, nullable=False),
    sa.Column("grant", sa.LargeBinary, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("busy", sa.LargeBinary, nullable=False),
    sa.UniqueConstraint("user", "fingerprint", name="uq_integrations_connections_user_fingerprint"),
)
"""One row a connection. `fingerprint` is a keyed hash of its secret, `covers_until` the end of the window that was
read, `claimed_until` that of a sync under way. `grant` is the secret under the data key of this row, `data_key` that
key under the key-encryption key `kek`. `sealed` has what its user sees of it, `busy` what of their time it takes."""

AUTHORIZATIONS = sa.Table(
    "integrations_authorizations",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("user", sa.Text, nullable=False, index=True),
    sa.Column("session", sa.Text, nullable=False),
    sa.Column("provider", sa.Text, nullable=False),
    sa.Column("time_zone", sa.Text, nullable=False),
    sa.Column("expires_at", sa.Double, nullable=False, index=True),
)
"""One row an authorization under way: `id` is a keyed hash of its state, `session` the one that began it."""

ITEMS = sa.Table(
    "integrations_items",
    METADATA,
    sa.Column("connection", sa.Text, sa.ForeignKey("integrations_connections.id"), primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("user", sa.Text, nullable=False, index=True),
    sa.Column("mark", sa.Text, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("covers_until", sa.Double, nullable=False, server_default="0", index=True),
)
"""One row an item in the window that was read, to `covers_until`. `key` is a keyed hash of what the provider calls it,
`mark` one of its content, by which a sync knows what changed."""

SYNC_WEBHOOKS = sa.Table(
    "integrations_sync_webhooks",
    METADATA,
    sa.Column("id", sa.Text, sa.ForeignKey("integrations_connections.id"), primary_key=True),
    sa.Column("user", sa.Text, nullable=False, index=True),
    sa.Column("made_at", sa.Double, nullable=False),
    sa.Column("old_until", sa.Double, nullable=True),
    sa.Column("kek", sa.Text, nullable=False, index=True),
    sa.Column("data_key", sa.LargeBinary, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)
"""One row a connection that messages may have read. `sealed` has the secrets under the data key of this row."""

SYNC_MESSAGES = sa.Table(
    "integrations_sync_messages",
    METADATA,
    sa.Column("webhook", sa.Text, sa.ForeignKey("integrations_sync_webhooks.id"), primary_key=True),
    sa.Column("message", sa.Text, primary_key=True),
    sa.Column("user", sa.Text, nullable=False, index=True),
    sa.Column("hash", sa.Text, nullable=False),
    sa.Column("received_at", sa.Double, nullable=False, index=True),
)
"""One row a message that came, by its id; `hash` is the SHA-256 of its body, of which nothing else is stored."""

CHANNELS = sa.Table(
    "integrations_channels",
    METADATA,
    sa.Column("connection", sa.Text, sa.ForeignKey("integrations_connections.id"), primary_key=True),
    sa.Column("user", sa.Text, nullable=False, index=True),
    sa.Column("provider", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False, index=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("ends_at", sa.Double, nullable=True),
    sa.Column("next_at", sa.Double, nullable=True, index=True),
    sa.Column("failures", sa.Integer, nullable=False),
)
"""One row a connection of which its provider says that it changed. `name` is by what: the random id of a channel, or a
keyed hash of what the provider calls the account. `sealed` is what the channel is stopped by, `ends_at` when it ends,
null where there is none, `next_at` when it is replaced, or tried again, null where none is to be opened."""

WEBHOOKS = sa.Table(
    "integrations_webhooks",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("origin", sa.Text, nullable=False),
    sa.Column("events", sa.JSON, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("made_by", sa.Text, nullable=False, index=True),
    sa.Column("made_at", sa.Double, nullable=False),
    sa.Column("rotated_at", sa.Double, nullable=True),
    sa.Column("old_until", sa.Double, nullable=True),
    sa.Column("delivered_at", sa.Double, nullable=True),
    sa.Column("failing_since", sa.Double, nullable=True),
    sa.Column("kek", sa.Text, nullable=False, index=True),
    sa.Column("data_key", sa.LargeBinary, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)
"""One row an outgoing webhook. `sealed` has address and secrets under the data key of this row, `old_until` is until
when the secret before the last rotation signs too."""

MESSAGES = sa.Table(
    "integrations_messages",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("webhook", sa.Text, sa.ForeignKey("integrations_webhooks.id"), nullable=False),
    sa.Column("event", sa.Text, nullable=True),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("made_at", sa.Double, nullable=False, index=True),
    sa.Column("until", sa.Double, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("next_at", sa.Double, nullable=True, index=True),
    sa.Column("claimed_until", sa.Double, nullable=False),
    sa.Column("ended_at", sa.Double, nullable=True),
    sa.Column("log", sa.JSON, nullable=False),
    sa.Index("ix_integrations_messages_due", "webhook", "next_at"),
    sa.UniqueConstraint("webhook", "event", name="uq_integrations_messages_webhook_event"),
)
"""One row what a webhook gets of one event; `next_at` is when it is sent, null once that is over, `until` when it is
sent no more, `claimed_until` that of an attempt under way. `log` has the last attempts."""
