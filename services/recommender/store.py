"""The recommender's database sessions on the engine that wiring passes in."""

import sqlalchemy as sa

from kit.sql.store import Store

LOCK = 0x74697073
"""The advisory lock of the recommender's changes: "tips" in ASCII."""


def recommender_store(engine: sa.Engine) -> Store:
    """Return the sessions of the recommender on an engine; they raise Unavailable when the database is away."""
    return Store(engine, "recommendations", LOCK)
