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
    sa.Column("grant", sa.Text, nullable=True, index=True),
)
"""Issued bearer tokens by their jti; one that is not here does not count. `grant` is what a native client got it by."""

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
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("user", sa.Text, sa.ForeignKey("auth_users.id"), nullable=False, index=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Column("used_at", sa.Double, nullable=False),
    sa.Column("grant", sa.LargeBinary, nullable=True),
)
"""Who a user is at a provider, never an address: `id` is a keyed hash of issuer and subject, `sealed` holds both.
`grant` is the sealed refresh token by which an erasure takes the provider's grant back, null where none is kept."""

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

GRANTS = sa.Table(
    "auth_grants",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("code_hash", sa.Text, nullable=False, unique=True),
    sa.Column("client", sa.Text, nullable=False),
    sa.Column("redirect", sa.Text, nullable=False),
    sa.Column("challenge", sa.Text, nullable=False),
    sa.Column("user", sa.Text, sa.ForeignKey("auth_users.id"), nullable=False, index=True),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Column("spent_at", sa.Double, nullable=True),
    sa.Column("ends_at", sa.Double, nullable=False, index=True),
    sa.Column("revoked_at", sa.Double, nullable=True),
)
"""What a user allowed a native client: its code, and all tokens that descend from it; `ends_at` grows when the code is
spent."""

REFRESH = sa.Table(
    "auth_refresh",
    METADATA,
    sa.Column("hash", sa.Text, primary_key=True),
    sa.Column("grant", sa.Text, sa.ForeignKey("auth_grants.id"), nullable=False, index=True),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Column("expires_at", sa.Double, nullable=False, index=True),
    sa.Column("used_at", sa.Double, nullable=True),
    sa.Column("successor", sa.Text, nullable=True, unique=True),
    sa.Column("answer", sa.LargeBinary, nullable=True),
)
"""Refresh tokens, each used once; `answer` is what its use was answered, sealed by the token itself, until the
successor is used."""
