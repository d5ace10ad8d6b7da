"""Notifier's database sessions on the engine that wiring passes in."""

import sqlalchemy as sa

from kit.sql.store import Store

LOCK = 0x6E6F7469
"""The advisory lock of notifier's changes: "noti" in ASCII."""


def notifier_store(engine: sa.Engine) -> Store:
    """Return the sessions of notifier on an engine; they raise Unavailable when the database is away."""
    return Store(engine, "notices", LOCK)
