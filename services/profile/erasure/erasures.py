"""The rows of erasures: their progress, the receipts that are due, and the views of them."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from contracts.modules.erasure import Erasure, GrantsLeft
from kit.times import iso
from services.profile.tables import ERASURES, RECEIPTS

DUE_S = 30 * 86_400.0
"""One month: the law's."""
STUCK_S = 86_400.0
ASK_AGAIN_S = 600.0
"""After so long another request is passed on to the modules; before that it only gets the same answer."""


def find(connection: sa.Connection, user: str, name: str) -> Any:
    """Return the row of a user's erasure, under way or done; None without one."""
    query = sa.select(ERASURES).where((ERASURES.c.user == user) | (ERASURES.c.pseudonym == name))
    return connection.execute(query.order_by(ERASURES.c.requested_at.desc()).limit(1)).first()


def begin(
    connection: sa.Connection,
    erasure: str,
    user: str,
    name: str,
    by: str,
    modules: Sequence[str],
    now: float,
    *,
    held: bool = False,
) -> Any:
    """Add an erasure and return its row; `held` if identity providers must be asked before the modules."""
    row = {"id": erasure, "user": user, "pseudonym": name, "by": by, "modules": sorted(modules)}
    grants = GrantsLeft.HELD.value if held else None
    connection.execute(ERASURES.insert().values(row | {"requested_at": now, "asked_at": now, "grants": grants}))
    return find(connection, user, name)


def note_repeated_request(connection: sa.Connection, erasure: str, now: float) -> None:
    """Store that the modules were asked once more, at `now` in Unix seconds."""
    connection.execute(ERASURES.update().where(ERASURES.c.id == erasure).values(asked_at=now))


def left(connection: sa.Connection, erasure: str, grants: GrantsLeft, now: float) -> bool:
    """Store what became of the grants and that the modules are asked now; return whether it was not stored before."""
    mine = (ERASURES.c.id == erasure, ERASURES.c.grants == GrantsLeft.HELD.value)
    return connection.execute(ERASURES.update().where(*mine).values(grants=grants.value, asked_at=now)).rowcount == 1


def being_erased(connection: sa.Connection) -> frozenset[str]:
    """Return the ids of users whose erasure is under way."""
    return frozenset(connection.execute(sa.select(ERASURES.c.user).where(ERASURES.c.user.is_not(None))).scalars())


def is_being_erased(connection: sa.Connection, user: str) -> bool:
    """Return whether the user's erasure is under way."""
    return connection.execute(sa.select(ERASURES.c.id).where(ERASURES.c.user == user)).first() is not None


def under_way(connection: sa.Connection) -> Sequence[Any]:
    """Return the rows that are not done, oldest first."""
    return connection.execute(
        sa.select(ERASURES).where(ERASURES.c.done_at.is_(None)).order_by(ERASURES.c.requested_at)
    ).all()


def take_receipt(connection: sa.Connection, erasure: str, module: str, rows: int, now: float) -> None:
    """Store a module's receipt; a second one changes nothing, one for an unknown erasure is ignored."""
    if connection.execute(sa.select(ERASURES.c.id).where(ERASURES.c.id == erasure)).first() is None:
        return
    if module not in _received(connection, [erasure]).get(erasure, {}):
        connection.execute(RECEIPTS.insert().values(erasure=erasure, module=module, rows=rows, at=now))


def waiting_for(connection: sa.Connection, row: Any) -> tuple[str, ...]:
    """Return the names of modules whose receipt is missing."""
    return tuple(sorted(set(row.modules) - set(_received(connection, [row.id]).get(row.id, {}))))


def end(connection: sa.Connection, erasure: str, now: float) -> None:
    """Mark an erasure as done and delete the user's id from its row."""
    mine = (ERASURES.c.id == erasure, ERASURES.c.done_at.is_(None))
    connection.execute(ERASURES.update().where(*mine).values(user=None, done_at=now))


def unscrubbed(connection: sa.Connection) -> bool:
    """Return whether an erasure ended after the database's log was last emptied."""
    query = sa.select(ERASURES.c.id).where(ERASURES.c.done_at.is_not(None), ERASURES.c.scrubbed_at.is_(None))
    return connection.execute(query.limit(1)).first() is not None


def scrubbed(connection: sa.Connection, before: float, now: float) -> None:
    """Store that the database's log was emptied at `now`, for erasures that ended up to `before`."""
    mine = (ERASURES.c.done_at <= before, ERASURES.c.scrubbed_at.is_(None))
    connection.execute(ERASURES.update().where(*mine).values(scrubbed_at=now))


def listed(connection: sa.Connection, now: float, most: int) -> list[Erasure]:
    """Return erasures under way, oldest first, then those done, newest first; at most `most` of each."""
    going = under_way(connection)[:most]
    query = sa.select(ERASURES).where(ERASURES.c.done_at.is_not(None)).order_by(ERASURES.c.done_at.desc())
    done = connection.execute(query.limit(most)).all()
    ended = {row.id for row in done}  # also between the two reads, which see each its own moment
    rows = [*(row for row in going if row.id not in ended), *done]
    return [erasure_of(connection, row, now) for row in rows]


def erasure_of(connection: sa.Connection, row: Any, now: float) -> Erasure:
    """Return a row as the record that admins and its user see."""
    over = row.done_at is not None
    return Erasure(
        id=row.id,
        user=row.user,
        by=row.by,
        requested_at=iso(row.requested_at),
        due_at=iso(row.requested_at + DUE_S),
        waiting=() if over else waiting_for(connection, row),
        stuck=not over and now - row.requested_at > STUCK_S,
        done_at=iso(row.done_at) if over else None,
        grants=None if row.grants is None else GrantsLeft(row.grants),
    )


def _received(connection: sa.Connection, ids: Sequence[str]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for row in connection.execute(sa.select(RECEIPTS).where(RECEIPTS.c.erasure.in_(list(ids)))):
        found.setdefault(row.erasure, {})[row.module] = row.rows
    return found
