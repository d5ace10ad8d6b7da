"""The tables of profile; times are Unix seconds, what is personal is sealed under its user's key."""

import sqlalchemy as sa

METADATA = sa.MetaData()
COUNTER = sa.BigInteger().with_variant(sa.Integer, "sqlite")

PROFILES = sa.Table(
    "profile_profiles",
    METADATA,
    sa.Column("user", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("updated_at", sa.Double, nullable=False),
    sa.Column("announced", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Index(
        "ix_profile_profiles_unannounced",
        "user",
        sqlite_where=sa.text("NOT announced"),
        postgresql_where=sa.text("NOT announced"),
    ),
)
"""One row a user who wrote anything: name, locale, preferences and the zones so far, sealed as one.

`announced` says that an event told the other modules, as for every row since there is this column.
"""

CONSENTS = sa.Table(
    "profile_consents",
    METADATA,
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
    sa.Column("erased_at", sa.Double, nullable=True, index=True),
    sa.Column("announced", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.UniqueConstraint("pseudonym", "number", name="uq_profile_consents_pseudonym_number"),
    sa.Index("ix_profile_consents_user_purpose", "user", "purpose"),
    sa.Index(
        "ix_profile_consents_unannounced",
        "user",
        sqlite_where=sa.text("NOT announced"),
        postgresql_where=sa.text("NOT announced"),
    ),
)
"""Append-only; one row a decision. `hash` chains a user's rows; it covers the pseudonym, not the user, which goes."""

ERASURES = sa.Table(
    "profile_erasures",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("user", sa.Text, nullable=True, unique=True),
    sa.Column("pseudonym", sa.Text, nullable=False, index=True),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("modules", sa.JSON, nullable=False),
    sa.Column("requested_at", sa.Double, nullable=False),
    sa.Column("asked_at", sa.Double, nullable=False),
    sa.Column("done_at", sa.Double, nullable=True, index=True),
    sa.Column("scrubbed_at", sa.Double, nullable=True),
    sa.Column("grants", sa.Text, nullable=True),
)
"""One row an erasure; `user` goes when it is done, `modules` are those that owe a receipt, `asked_at` the last request,
`scrubbed_at` when the database's own log was emptied after it, `grants` what became of those of identity providers."""

RECEIPTS = sa.Table(
    "profile_receipts",
    METADATA,
    sa.Column("erasure", sa.Text, sa.ForeignKey("profile_erasures.id"), primary_key=True),
    sa.Column("module", sa.Text, primary_key=True),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("at", sa.Double, nullable=False),
)
"""One row a module that said it is done, with how much it removed."""
