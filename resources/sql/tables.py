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

ANSWERS = sa.Table(
    "bench_answers",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("experiment", sa.Text, nullable=False),
    sa.Column("round", sa.Text, nullable=False),
    sa.Column("judge", sa.Text, nullable=False),
    sa.Column("item", sa.Text, nullable=False),
    sa.Column("task", sa.Text, nullable=False, server_default="rating"),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("saved_at", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False, server_default="saved"),
    sa.Column("batch", sa.Text),
    sa.Column("withdrawn_at", sa.Text),
    sa.Column("restores", sa.Integer),
    sa.Column("key", sa.Text),
    sa.Index("ix_bench_answers_key", "experiment", "judge", "item", "key", unique=True),
    sa.Index("ix_bench_answers_item", "experiment", "judge", "item"),
    sa.Index("ix_bench_answers_state", "state", "experiment"),
)
"""Append-only; one row an answer given on a page. `task` is that of its judge, `answer` the canonical JSON
line, `state` saved, assigned (to `batch`), published or refused; `restores` is the row that an undone published answer
fell back to, 0 for none; `key` is what the page calls an answer, so that the same one sent again counts once."""

FLAGS = sa.Table(
    "bench_flags",
    METADATA,
    sa.Column("experiment", sa.Text, primary_key=True),
    sa.Column("judge", sa.Text, primary_key=True),
    sa.Column("item", sa.Text, primary_key=True),
    sa.Column("round", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False, index=True),
    sa.Column("actor", sa.Text, nullable=False),
)
"""One row an item that a judge has flagged for the admins; no answer."""

UPLOADS = sa.Table(
    "bench_uploads",
    METADATA,
    sa.Column("token_hash", sa.Text, primary_key=True),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("role", sa.Integer, nullable=False),
    sa.Column("experiment", sa.Text, nullable=False),
    sa.Column("judge", sa.Text),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("expires_at", sa.Float, nullable=False),
    sa.Column("consumed_at", sa.Float),
    sa.Column("sha256", sa.Text),
)
"""One row an upload link; times in Unix seconds, `size` in bytes."""

WEBHOOKS = sa.Table(
    "bench_webhooks",
    METADATA,
    sa.Column("endpoint", sa.Text, primary_key=True),
    sa.Column("message_id", sa.Text, primary_key=True),
    sa.Column("body_hash", sa.Text, nullable=False),
    sa.Column("receipt", sa.Text, nullable=False),
    sa.Column("at", sa.Float, nullable=False, index=True),
    sa.Column("experiment", sa.Text),
    sa.Column("judge", sa.Text),
    sa.Column("size", sa.BigInteger),
    sa.Index("ix_bench_webhooks_judge", "experiment", "judge", "at"),
)
"""One row for each accepted message, for 14 days; `at` in Unix seconds, `size` in bytes of its answers' file."""

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
"""One row an idempotency key; `state` is launching or launched; deleted after 7 days."""

ANNOUNCED = sa.Table(
    "bench_announced",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("at", sa.Double, nullable=False, index=True),
)
"""One row for each thing that happened to an experiment and was announced, `id` a hash of it; one says since when."""
