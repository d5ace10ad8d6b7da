"""Profile's database sessions on the engine that wiring passes in."""

import sqlalchemy as sa

from kit.sql.store import Store

LOCK = 0x70726F66
"""The advisory lock of profile's changes: "prof" in ASCII."""


def profile_store(engine: sa.Engine) -> Store:
    """Return the sessions of profile on an engine; they raise Unavailable when the database is away."""
    return Store(engine, "profiles", LOCK)
