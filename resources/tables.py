"""The benchmark's own tables in the one database: the audit log, launches, answers given page by page, links."""

import sqlalchemy as sa

METADATA = sa.MetaData()

AUDIT = sa.Table(
    "audit_entries",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False, index=True),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("operation", sa.Text, nullable=False),
    sa.Column("target", sa.Text, nullable=False, index=True),
    sa.Column("input_hash", sa.Text, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("request_id", sa.Text, nullable=False),
    sa.Column("before", sa.JSON, nullable=False),
    sa.Column("after", sa.JSON, nullable=False),
)
"""Append-only; one row a mutation, done or refused."""

LAUNCHES = sa.Table(
    "bench_launches",
    METADATA,
    sa.Column("actor", sa.Text, primary_key=True),
    sa.Column("op", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("body_hash", sa.Text, nullable=False),
    sa.Column("experiment", sa.Text, nullable=False),
    sa.Column("run_id", sa.Text),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False, index=True),
)
"""One row an idempotency key; `state` is launching or launched; kept 7 days."""
