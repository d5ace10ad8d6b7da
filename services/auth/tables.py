"""The tables of auth; times are Unix seconds, secrets are there as SHA-256 only."""

import sqlalchemy as sa

METADATA = sa.MetaData()

USERS = sa.Table(
    "auth_users",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("role", sa.Integer, nullable=False),
    sa.Column("judge", sa.Text, nullable=True, unique=True),
    sa.Column("service", sa.Boolean, nullable=False),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Column("last_seen_at", sa.Double, nullable=True),
)
"""People and service accounts; the role here is the only one that counts."""

SESSIONS = sa.Table(
    "auth_sessions",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("secret_hash", sa.Text, nullable=False, unique=True),
    sa.Column("user", sa.Text, sa.ForeignKey("auth_users.id"), nullable=False, index=True),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Column("expires_at", sa.Double, nullable=False),
    sa.Column("ends_at", sa.Double, nullable=False),
    sa.Column("revoked_at", sa.Double, nullable=True),
)
"""Browser sessions; `expires_at` slides with use and never passes `ends_at`."""

TOKENS = sa.Table(
    "auth_tokens",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("user", sa.Text, sa.ForeignKey("auth_users.id"), nullable=False, index=True),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Column("expires_at", sa.Double, nullable=False),
    sa.Column("revoked_at", sa.Double, nullable=True),
)
"""Issued bearer tokens by their jti; one that is not here does not count."""

LINKS = sa.Table(
    "auth_links",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("secret_hash", sa.Text, nullable=False, unique=True),
    sa.Column("user", sa.Text, sa.ForeignKey("auth_users.id"), nullable=True),
    sa.Column("role", sa.Integer, nullable=False),
    sa.Column("judge", sa.Text, nullable=True, index=True),
    sa.Column("made_by", sa.Text, nullable=False, index=True),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Column("expires_at", sa.Double, nullable=False),
    sa.Column("spent_at", sa.Double, nullable=True),
)
"""One-time links; `user` is who signs in, null for an invitation, which makes a user when it is spent."""

IDENTITIES = sa.Table(
    "auth_identities",
    METADATA,
    sa.Column("issuer", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("user", sa.Text, sa.ForeignKey("auth_users.id"), nullable=False, index=True),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Column("used_at", sa.Double, nullable=False),
)
"""Who a user is at a provider: its issuer and subject, never an address."""

ATTEMPTS = sa.Table(
    "auth_attempts",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("secret_hash", sa.Text, nullable=False, unique=True),
    sa.Column("provider", sa.Text, nullable=False),
    sa.Column("next", sa.Text, nullable=False),
    sa.Column("link", sa.Text, nullable=True),
    sa.Column("credential", sa.Text, nullable=True),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Column("expires_at", sa.Double, nullable=False, index=True),
    sa.Column("spent_at", sa.Double, nullable=True),
)
"""Sign-ins under way; `link` is an invitation to redeem, `credential` the session whose user gets the identity."""
