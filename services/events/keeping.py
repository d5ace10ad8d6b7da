"""How long rows are kept, and what leaves with a user."""

import sqlalchemy as sa

from services.events.tables import DEAD, INBOX, OUTBOX, SIGNALS

DAY_S = 86_400.0
STREAM_KEPT_S = 14 * DAY_S
"""How long a broker keeps messages; the inbox remembers for longer, so that none is handled twice."""
KEPT_S = {
    "events_outbox": 7 * DAY_S,
    "events_inbox": 30 * DAY_S,
    "events_dead": 90 * DAY_S,
    "events_signals": 400 * DAY_S,
}
"""By table, from sent, received, given up and the event's own time."""


def prune(connection: sa.Connection, now: float) -> int:
    """Delete what is past its time; how many rows. What is unsent or waiting stays however old it is."""
    before = {table: now - kept for table, kept in KEPT_S.items()}
    gone = (
        OUTBOX.delete().where(OUTBOX.c.sent_at < before["events_outbox"]),
        INBOX.delete().where(INBOX.c.received_at < before["events_inbox"], INBOX.c.state == "done"),
        INBOX.delete().where(INBOX.c.received_at < before["events_dead"], INBOX.c.state == "dead"),
        DEAD.delete().where(DEAD.c.at < before["events_dead"]),
        SIGNALS.delete().where(SIGNALS.c.at < before["events_signals"]),
    )
    return sum(connection.execute(statement).rowcount for statement in gone)


def erase(connection: sa.Connection, user: str) -> int:
    """Remove a user from every table; how many rows held them. A second time it is 0.

    Inbox rows stay without user and body, so that a copy still on its way is not handled; destroying the user's key
    makes such copies unreadable, and that is whoever runs the erasure's to do.
    """
    held = sum(
        connection.execute(table.delete().where(table.c.user == user)).rowcount for table in (OUTBOX, DEAD, SIGNALS)
    )
    forgotten = INBOX.update().where(INBOX.c.user == user).values(user=None, body=None, state="done")
    return held + connection.execute(forgotten).rowcount


def held_of(connection: sa.Connection, user: str) -> dict[str, int]:
    """How many rows each table holds of a user."""
    return {
        table.name: connection.execute(sa.select(sa.func.count()).where(table.c.user == user)).scalar_one()
        for table in (OUTBOX, INBOX, DEAD, SIGNALS)
    }
