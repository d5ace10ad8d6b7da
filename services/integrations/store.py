"""Integrations' database sessions on the engine that wiring passes in."""

import sqlalchemy as sa

from kit.sql.store import Store

LOCK = 0x636F6E6E
"""The advisory lock of integrations' changes: "conn" in ASCII."""


def integrations_store(engine: sa.Engine) -> Store:
    """Return the sessions of integrations on an engine; they raise Unavailable when the database is away."""
    return Store(engine, "connections", LOCK)
