"""What the tables of events hold, for how long rows are kept, and how a user's leave: by export and by erasure."""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import sqlalchemy as sa

from contracts.modules.events import ERASURE
from contracts.modules.retention import Data, Record, TableRetention
from contracts.modules.sealing import Erased, Unreadable
from kit.sql.retention import delete_older, delete_some, table_retention
from kit.times import iso_if_known
from services.events.envelope import Codec, UnknownType
from services.events.tables import DEAD, INBOX, OUTBOX, SIGNALS

DAY_S = 86_400.0
STREAM_RETENTION_S = 14 * DAY_S
"""How long a broker keeps messages; the inbox remembers for longer, so that none is handled twice."""
RETENTION_S = {
    "events_outbox": 7 * DAY_S,
    "events_inbox": 30 * DAY_S,
    "events_dead": 90 * DAY_S,
    "events_signals": 400 * DAY_S,
}
"""By table, from sent, received, given up and the event's own time."""
RULES = {
    "events_outbox": "7 days after it was sent; unsent ones until they are",
    "events_inbox": "30 days after it was received, 90 where it is dead; waiting ones until they are settled",
    "events_dead": "90 days after it was given up",
    "events_signals": "400 days after what it tells of",
}
OF_ERASURE = tuple(kind.type for kind in ERASURE)
TIMES = frozenset({"created_at", "sent_at", "received_at", "at"})
HIDDEN = ("body", "not_before")
UNREADABLE = (Erased, UnknownType, Unreadable, msgspec.DecodeError, msgspec.ValidationError)


class EventsRetention:
    """Implements contracts.modules.retention.RetentionPolicy.

    Erasing leaves that a consumer has had an event, without whose it was, so that a copy on its way is not handled.
    Events of the erasure itself, which hold the random id and no more, stay for their time unless `whole`, which is
    for whoever erases after every module has answered.
    """

    name = "events"

    def __init__(self, codec: Codec, *, whole: bool = False) -> None:
        self._codec, self._spared = codec, () if whole else OF_ERASURE

    def tables(self) -> list[TableRetention]:
        """Return every table, in the order in which rows may be erased: what refers to others goes first."""
        return [
            self._table(OUTBOX, delete_older(OUTBOX.c.sent_at, RETENTION_S[OUTBOX.name]), _drop(OUTBOX, self._spared)),
            self._table(INBOX, _prune_inbox, lambda connection, user: _forget(connection, user, self._spared)),
            self._table(DEAD, delete_older(DEAD.c.at, RETENTION_S[DEAD.name]), _drop(DEAD, self._spared)),
            self._table(SIGNALS, delete_older(SIGNALS.c.at, RETENTION_S[SIGNALS.name]), _drop(SIGNALS, self._spared)),
        ]

    def _table(
        self,
        table: sa.Table,
        prune: Callable[[sa.Connection, float], int],
        erase: Callable[[sa.Connection, str], int],
    ) -> TableRetention:
        classes = {"user": Data.USER, "body": Data.SEALED}
        return table_retention(
            table,
            columns={column.name: classes.get(column.name, Data.PLAIN) for column in table.columns},
            rule=RULES[table.name],
            prune=prune,
            export=lambda connection, user: self._export(connection, table, user),
            erase=erase,
        )

    def _export(self, connection: sa.Connection, table: sa.Table, user: str) -> Iterator[Record]:
        first = sa.select(table).where(table.c.user == user).order_by(*table.primary_key.columns)
        for row in connection.execute(first).mappings():
            shown = {
                name: iso_if_known(row[name], "auto") if name in TIMES else row[name]
                for name in row
                if name not in HIDDEN
            }
            yield shown | ({} if row["body"] is None else self._opened(row["body"]))

    def _opened(self, body: bytes) -> Record:
        try:
            event = self._codec.decode(body)
        except UNREADABLE:  # a newer program wrote it, it is damaged, the key is gone: the export says so and goes on
            return {"readable": False}
        said: dict[str, Any] = msgspec.to_builtins(event.data)
        head: Record = {"time": event.time, "source": event.source, "subject": event.subject}
        return head | {f"data.{name}": value for name, value in said.items()}


def _prune_inbox(connection: sa.Connection, now: float) -> int:
    done = sa.and_(INBOX.c.state == "done", INBOX.c.received_at < now - RETENTION_S["events_inbox"])
    dead = sa.and_(INBOX.c.state == "dead", INBOX.c.received_at < now - RETENTION_S["events_dead"])
    return delete_some(connection, INBOX, sa.or_(done, dead))


def _drop(table: sa.Table, spared: tuple[str, ...]) -> Callable[[sa.Connection, str], int]:
    def erase(connection: sa.Connection, user: str) -> int:
        whose = sa.and_(table.c.user == user, table.c.type.not_in(spared))
        return connection.execute(table.delete().where(whose)).rowcount

    return erase


def _forget(connection: sa.Connection, user: str, spared: tuple[str, ...]) -> int:
    whose = sa.and_(INBOX.c.user == user, INBOX.c.type.not_in(spared))
    return connection.execute(INBOX.update().where(whose).values(user=None, body=None, state="done")).rowcount
