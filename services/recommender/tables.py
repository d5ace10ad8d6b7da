"""The tables of the recommender; times are Unix seconds, a context is sealed under its user's key."""

import sqlalchemy as sa

METADATA = sa.MetaData()

DECISIONS = sa.Table(
    "recommender_decisions",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("user", sa.Text, nullable=False),
    sa.Column("made_at", sa.Double, nullable=False, index=True),
    sa.Column("surface", sa.Text, nullable=False),
    sa.Column("area", sa.Text, nullable=True),
    sa.Column("hour_band", sa.Text, nullable=True),
    sa.Column("weekday", sa.Text, nullable=True),
    sa.Column("locale", sa.Text, nullable=True),
    sa.Column("k", sa.Integer, nullable=False),
    sa.Column("policy", sa.Text, nullable=False),
    sa.Column("policy_hash", sa.Text, nullable=False),
    sa.Column("seed", sa.BigInteger, nullable=False),
    sa.Column("fallback", sa.Boolean, nullable=False),
    sa.Column("promotion", sa.BigInteger, nullable=True),
    sa.Column("state_version", sa.BigInteger, nullable=True),
    sa.Column("state_hash", sa.Text, nullable=True),
    sa.Column("took_ms", sa.Double, nullable=True),
    sa.Column("arms", sa.JSON, nullable=False),
    sa.Column("left_out", sa.JSON, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Index("ix_recommender_decisions_user_made_at", "user", "made_at"),
)
"""One row a decision, which never changes: `arms` are the probabilities of the eligible ones, `left_out` the codes of
the others, `sealed` the context as it came and the texts. Policies and estimates may look at area to locale alone.
`promotion` is the version of the one in force, `state_version` that of the policy's row of states at the draw and
`state_hash` of all that the state held; `took_ms` is from the request until the row was written, its commit left out.
They are missing in decisions from before them."""

SERVED = sa.Table(
    "recommender_served",
    METADATA,
    sa.Column("decision", sa.Text, primary_key=True),
    sa.Column("place", sa.Integer, primary_key=True),
    sa.Column("user", sa.Text, nullable=False),
    sa.Column("tip", sa.Text, nullable=False),
    sa.Column("arm", sa.Text, nullable=False),
    sa.Column("area", sa.Text, nullable=False),
    sa.Column("surface", sa.Text, nullable=False),
    sa.Column("propensity", sa.Double, nullable=False),
    sa.Column("served_at", sa.Double, nullable=False, index=True),
    sa.Column("ended_at", sa.Double, nullable=True),
    sa.Column("shown_at", sa.BigInteger, nullable=True),
    sa.Column("acted_at", sa.BigInteger, nullable=True),
    sa.Column("hides", sa.Text, nullable=False, server_default=""),
    sa.Column("source", sa.Text, nullable=False, server_default=""),
    sa.Index("ix_recommender_served_user_served_at", "user", "served_at"),
    sa.Index(
        "ix_recommender_served_hiding",
        "user",
        sqlite_where=sa.text("hides <> ''"),
        postgresql_where=sa.text("hides <> ''"),
    ),
)
"""One row a tip that was drawn, in the transaction of its decision. `ended_at` is when its user dismissed it or acted
on it first; `hides` what a dismissal keeps from them: this tip, or the kind, which is the cell in that area.
`shown_at` and `acted_at` are the earliest of its feedback not before the decision, in whole milliseconds. `source` says
where its text comes from: `ahead`, `judged` or `template`; empty in decisions from before it."""

FEEDBACK = sa.Table(
    "recommender_feedback",
    METADATA,
    sa.Column("user", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("decision", sa.Text, nullable=False, index=True),
    sa.Column("tip", sa.Text, nullable=False),
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("at", sa.Double, nullable=False, index=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)
"""One row a feedback, under the client's id, so that there is never a second one; its value is sealed."""

PEOPLE = sa.Table(
    "recommender_people",
    METADATA,
    sa.Column("user", sa.Text, primary_key=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)
"""What counts of a user: preferences and consents, sealed as one; from events alone."""

LEAVINGS = sa.Table(
    "recommender_leavings",
    METADATA,
    sa.Column("user", sa.Text, primary_key=True),
    sa.Column("at", sa.Double, primary_key=True),
    sa.Index("ix_recommender_leavings_at", "at"),
)
"""One row a time at which a user unsubscribed: took back the consent to a channel, left a channel or a topic out."""

STATES = sa.Table(
    "recommender_states",
    METADATA,
    sa.Column("counting", sa.Text, primary_key=True),
    sa.Column("rule", sa.JSON, nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
)
"""One row a way of counting reactions, which policies may share: `counting` is the hash of `rule`. `version` grows by
one with each transaction that changes its counts."""

COUNTS = sa.Table(
    "recommender_counts",
    METADATA,
    sa.Column("counting", sa.Text, primary_key=True),
    sa.Column("arm", sa.Text, primary_key=True),
    sa.Column("changed", sa.BigInteger, nullable=False),
    sa.Column("shown", sa.BigInteger, nullable=False),
    sa.Column("acted", sa.BigInteger, nullable=False),
    sa.Column("sums", sa.LargeBinary, nullable=False),
    sa.Index("ix_recommender_counts_changed", "counting", "changed"),
)
"""One row an arm: the fold of the rows of `recommender_served` that are there. `changed` is the version that it is of,
`sums` the counts of columns of features as whole numbers of 64 bits, little-endian; empty where none are looked at."""

PROMOTIONS = sa.Table(
    "recommender_promotions",
    METADATA,
    sa.Column("version", sa.BigInteger, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("at", sa.Double, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("policy", sa.JSON, nullable=False),
    sa.Column("policy_hash", sa.Text, nullable=False),
    sa.Column("canary", sa.JSON, nullable=False),
    sa.Column("canary_hash", sa.Text, nullable=False),
    sa.Column("share", sa.Double, nullable=False),
    sa.Column("before", sa.BigInteger, nullable=False),
)
"""One row an admin's decision, which never changes but for the id of an admin who is erased; the newest is in force.
`canary` is empty where none draws; `before` is the version that a roll-back returns to, 0 the policy of the
settings and -1 where there is nothing before."""

PAUSES = sa.Table(
    "recommender_pauses",
    METADATA,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("at", sa.Double, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
)
"""One row a tip or cell of which nothing is drawn, until it is resumed."""

TEXTS = sa.Table(
    "recommender_texts",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("user", sa.Text, nullable=False),
    sa.Column("context", sa.Text, nullable=False),
    sa.Column("arm", sa.Text, nullable=False),
    sa.Column("area", sa.Text, nullable=False),
    sa.Column("made_at", sa.Double, nullable=False, index=True),
    sa.Column("served_at", sa.Double, nullable=True),
    sa.Column("cost", sa.Double, nullable=False),
    sa.Column("external", sa.Boolean, nullable=False),
    sa.Column("fault", sa.Text, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Index("ix_recommender_texts_user_context", "user", "context"),
)
"""One row what a model wrote ahead of time for a user's context, whose name only the user's key gives. `fault` says why
a text may not be shown, `cost` is in USD, at most; the sealed text is the tip with this id once it is served."""
