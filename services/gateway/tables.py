"""The gateway's table of stored responses; times are Unix seconds."""

import sqlalchemy as sa

METADATA = sa.MetaData()

REPLIES = sa.Table(
    "gateway_replies",
    METADATA,
    sa.Column("user", sa.Text, primary_key=True),
    sa.Column("route", sa.Text, primary_key=True),
    sa.Column("key_hash", sa.Text, primary_key=True),
    sa.Column("body_hash", sa.Text, nullable=False),
    sa.Column("at", sa.Double, nullable=False, index=True),
    sa.Column("answer", sa.LargeBinary, nullable=True),
)
"""One row a user, route and Idempotency-Key; without `answer` while the request is under way."""
