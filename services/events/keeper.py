"""What events keeps, table by table: classes of columns, retention, a user's rows out and away.

Erase it last: before that its tables hold the very messages that modules are asked and answer by.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

import msgspec
import sqlalchemy as sa

from contracts.keeping import Data, Kept, Record
from contracts.sealing import Erased
from services.events.envelope import Codec
from services.events.keeping import DAY_S, KEPT_S
from services.events.tables import DEAD, INBOX, OUTBOX, SIGNALS

CLASSES = {"user": Data.USER, "body": Data.SEALED}


class EventsKeeper:
    """Implements contracts.keeping.Keeper; `codec` opens what is exported."""

    name = "events"

    def __init__(self, codec: Codec) -> None:
        self._codec = codec

    def kept(self) -> Sequence[Kept]:
        """Every table of the module, in the order in which rows may be erased."""
        return (
            self._kept(OUTBOX, "after it was sent", OUTBOX.c.sent_at),
            self._kept(DEAD, "after it was given up", DEAD.c.at),
            self._kept(SIGNALS, "after it happened", SIGNALS.c.at),
            Kept(
                table=INBOX,
                columns=_classes(INBOX),
                rule="30 days after it came, 90 for dead letters; what waits stays",
                prune=_prune_inbox,
                export=lambda connection, user: self._exported(connection, INBOX, user),
                erase=_forget,
            ),
        )

    def _kept(self, table: sa.Table, since: str, at: sa.Column[float]) -> Kept:
        return Kept(
            table=table,
            columns=_classes(table),
            rule=f"{KEPT_S[table.name] / DAY_S:.0f} days {since}",
            prune=_pruning(table, at),
            export=lambda connection, user: self._exported(connection, table, user),
            erase=lambda connection, user: connection.execute(table.delete().where(table.c.user == user)).rowcount,
        )

    def _exported(self, connection: sa.Connection, table: sa.Table, user: str) -> Iterator[Record]:
        first = table.c.position if "position" in table.c else table.c.at
        for row in connection.execute(sa.select(table).where(table.c.user == user).order_by(first)).mappings():
            told: Record = {"id": row["id"], "type": row["type"]}
            told |= {name: _shown(row[name]) for name in ("consumer", "state", "error") if name in row}
            if row["body"] is not None:
                told |= self._opened(row["body"])
            yield told

    def _opened(self, body: bytes) -> Record:
        """Time and payload, where this program knows the type."""
        with suppress(Erased, ValueError):
            event = self._codec.decode(body)
            return {"time": event.time, "data": msgspec.json.encode(event.data).decode()}
        return {}


def _classes(table: sa.Table) -> dict[str, Data]:
    return dict.fromkeys(table.c.keys(), Data.PLAIN) | CLASSES


def _pruning(table: sa.Table, at: sa.Column[float]) -> Callable[[sa.Connection, float], int]:
    kept_s = KEPT_S[table.name]
    return lambda connection, now: connection.execute(table.delete().where(at < now - kept_s)).rowcount


def _prune_inbox(connection: sa.Connection, now: float) -> int:
    times = {"done": KEPT_S["events_inbox"], "dead": KEPT_S["events_dead"]}
    gone = [
        INBOX.delete().where(INBOX.c.received_at < now - kept, INBOX.c.state == state) for state, kept in times.items()
    ]
    return sum(connection.execute(statement).rowcount for statement in gone)


def _forget(connection: sa.Connection, user: str) -> int:
    """Rows stay without user and body, so that a copy still on its way is not handled."""
    forgotten = INBOX.update().where(INBOX.c.user == user).values(user=None, body=None, state="done")
    return connection.execute(forgotten).rowcount


def _shown(value: object) -> str | None:
    return None if value is None else str(value)
