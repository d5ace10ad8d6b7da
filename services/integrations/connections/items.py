"""Items of a connection: those of the last sync, each sealed, of which only what changed is written."""

import hashlib
import hmac
from collections.abc import Collection, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from contracts.integrations.connections import ConnectionItem, ConnectionItems
from contracts.modules.sealing import Sealer
from kit.sealed import SealedColumn
from kit.times import iso
from services.integrations.calendars.calendar_items import MOST_ITEMS, CalendarItem
from services.integrations.tables import ITEMS

SEALED = SealedColumn("integrations_items ", CalendarItem)
AT_ONCE = 500
"""Rows that one statement deletes."""


def keyed_hash(key: bytes, *said: str) -> str:
    """Return 32 hex digits that only this server can make of a text."""
    return hmac.new(key, msgspec.json.encode(said), hashlib.sha256).hexdigest()[:32]


def put_items(
    connection: sa.Connection,
    sealer: Sealer,
    key: bytes,
    of: Any,
    items: Sequence[CalendarItem],
    covers_until: float,
    removed: Collection[str] | None = None,
) -> tuple[int, int]:
    """Make the items of a connection's row these, and return how many were written and deleted; raise Erased.

    `covers_until` is the end of the window that they are of, after which they may go. With `removed` they are what
    changed alone, and those are the keys that are gone; of new ones there are as many taken as may be stored in all.
    """
    wanted = {keyed_hash(key, of.id, item.key): item for item in items}
    chosen = sa.select(ITEMS.c.key, ITEMS.c.mark).where(ITEMS.c.connection == of.id)
    known = {row.key: row.mark for row in connection.execute(chosen)}
    rows = list[dict[str, Any]]()
    for name, item in wanted.items():
        mark = keyed_hash(key, of.id, msgspec.json.encode(item).decode())
        if known.get(name) != mark:
            sealed = SEALED.seal(sealer, of.user, f"{of.id} {name}", item)
            row = {"connection": of.id, "key": name, "user": of.user, "mark": mark, "sealed": sealed}
            rows.append(row | {"covers_until": covers_until})
    changed = [row["key"] for row in rows if row["key"] in known]
    if removed is None:
        missing = [name for name in known if name not in wanted]
    else:
        ended = {keyed_hash(key, of.id, name) for name in removed}
        missing = [name for name in known if name in ended]
        most = MOST_ITEMS - len(known) + len(missing)
        new = {row["key"] for row in rows if row["key"] not in known}
        if len(new) > most:
            left = set([row["key"] for row in rows if row["key"] in new][:most])
            rows = [row for row in rows if row["key"] not in new or row["key"] in left]
    _delete(connection, of.id, [*changed, *missing])
    connection.execute(ITEMS.update().where(ITEMS.c.connection == of.id).values(covers_until=covers_until))
    if rows:
        connection.execute(ITEMS.insert(), rows)
    return len(rows), len(missing)


def items_of(connection: sa.Connection, sealer: Sealer, of: Any, now: float, first: int) -> ConnectionItems:
    """Return the first items of a connection's row that are not over, by their start; raise Erased, Unreadable."""
    read = stored_items(connection, sealer, of)
    coming = sorted((item for item in read if item.ends_at > now), key=lambda item: (item.starts_at, item.key))
    return ConnectionItems(len(coming), [_shown(item) for item in coming[:first]])


def stored_items(connection: sa.Connection, sealer: Sealer, of: Any) -> list[CalendarItem]:
    """Return all items of a connection's row, in no order; raise Erased, Unreadable."""
    rows = connection.execute(sa.select(ITEMS).where(ITEMS.c.connection == of.id))
    return [SEALED.open(sealer, row.user, f"{row.connection} {row.key}", row.sealed) for row in rows]


def _shown(item: CalendarItem) -> ConnectionItem:
    return ConnectionItem(
        starts_at=iso(item.starts_at, "auto"),
        ends_at=iso(item.ends_at, "auto"),
        all_day=item.all_day,
        busy=item.busy,
        title=item.title,
    )


def _delete(connection: sa.Connection, id_: str, keys: Sequence[str]) -> None:
    for start in range(0, len(keys), AT_ONCE):
        some = keys[start : start + AT_ONCE]
        connection.execute(ITEMS.delete().where(ITEMS.c.connection == id_, ITEMS.c.key.in_(some)))
