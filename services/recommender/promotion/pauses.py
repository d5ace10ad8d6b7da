"""Tips and cells of which nothing is drawn, because an admin said so."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from contracts.refusals import Conflict, NotFound
from contracts.tips.catalog import TipCatalog
from contracts.tips.policy_administration import MOST_PAUSES, PauseKind, TipPause
from kit.sql.upserts import put_row
from kit.times import iso
from services.recommender.promotion.typed_text import is_storable
from services.recommender.tables import PAUSES

_NAMES = sa.select(PAUSES.c.kind, PAUSES.c.name).limit(MOST_PAUSES)
_ONE = sa.select(PAUSES).where(PAUSES.c.kind == sa.bindparam("of"), PAUSES.c.name == sa.bindparam("which"))


@dataclass(frozen=True)
class PausedTips:
    """The ids of tips, and the arms of cells."""

    tips: frozenset[str] = frozenset()
    arms: frozenset[str] = frozenset()


NOTHING_PAUSED = PausedTips()


def paused_tips(connection: sa.Connection) -> PausedTips:
    """Return what is paused."""
    rows = connection.execute(_NAMES).all()
    named = {kind: frozenset(row.name for row in rows if row.kind == kind.value) for kind in PauseKind}
    return PausedTips(named[PauseKind.TIP], named[PauseKind.CELL])


def pauses(connection: sa.Connection) -> list[TipPause]:
    """Return the pauses in force, newest first."""
    rows = connection.execute(sa.select(PAUSES).order_by(PAUSES.c.at.desc(), PAUSES.c.kind, PAUSES.c.name))
    return [_view(row) for row in rows]


def pause(
    connection: sa.Connection, catalog: TipCatalog, kind: PauseKind, name: str, reason: str, by: str, now: float
) -> TipPause:
    """Store a pause, in place of the one that is there; raise NotFound, Conflict beyond the most."""
    known = (
        {cell.arm for cell in catalog.cells}
        if kind is PauseKind.CELL
        else {tip.id for cell in catalog.cells for tip in cell.tips}
    )
    if name not in known:
        raise NotFound(f"the catalog has no {kind.value} of this name: it serves nothing of it", ("name",))
    count = connection.execute(sa.select(sa.func.count()).select_from(PAUSES)).scalar_one()
    if count >= MOST_PAUSES and connection.execute(_ONE, {"of": kind.value, "which": name}).first() is None:
        raise Conflict(f"{MOST_PAUSES} tips and cells are paused: pause cells instead of their tips", ("name",))
    row = {"kind": kind.value, "name": name, "at": now, "by": by, "reason": reason}
    put_row(connection, PAUSES, row)
    return _view(connection.execute(_ONE, {"of": kind.value, "which": name}).one())


def resume(connection: sa.Connection, kind: PauseKind, name: str) -> TipPause:
    """Remove a pause and return it; raise NotFound where there is none."""
    row = connection.execute(_ONE, {"of": kind.value, "which": name}).first() if is_storable(name) else None
    if row is None:
        raise NotFound(f"no {kind.value} of this name is paused", ("name",))
    connection.execute(PAUSES.delete().where(PAUSES.c.kind == kind.value, PAUSES.c.name == name))
    return _view(row)


def _view(row: Any) -> TipPause:
    return TipPause(kind=PauseKind(row.kind), name=row.name, at=iso(row.at), by=row.by, reason=row.reason)
