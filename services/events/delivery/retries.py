"""Events that wait for another try, taken up when they are due."""

from collections.abc import Sequence

import sqlalchemy as sa

from kit.sql.sessions import reading
from services.events.delivery.locks import take_delivery_locks
from services.events.inbox import Inbox
from services.events.retry_backoff import is_due
from services.events.tables import INBOX


def retry_due(engine: sa.Engine, inboxes: Sequence[Inbox], now: float) -> int:
    """Try what is due, a transaction an inbox; how many were tried. A look without a lock comes first."""
    longest_s = max((inbox.backoff.longest_s for inbox in inboxes), default=0.0)
    due = sa.select(INBOX.c.consumer).where(INBOX.c.state == "waiting", is_due(now, longest_s)).distinct()
    with reading(engine) as connection:
        names = set(connection.execute(due).scalars())
    tried = 0
    for inbox in inboxes:
        if inbox.consumer.name in names:
            with engine.begin() as connection:
                take_delivery_locks(connection, f"inbox {inbox.consumer.name}")
                tried += inbox.retry(connection, now)
    return tried
