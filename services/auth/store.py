"""Auth's database sessions on the engine that wiring passes in."""

import sqlalchemy as sa

from kit.sql.store import Store

LOCK = 0x61757468
"""The advisory lock of auth's changes: "auth" in ASCII."""


def user_store(engine: sa.Engine) -> Store:
    """Return the sessions of auth on an engine; they raise Unavailable when the database is away."""
    return Store(engine, "users", LOCK)
