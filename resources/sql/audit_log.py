"""Stores the audit log in the database."""

import logging
import time
from collections.abc import Callable, Sequence

import msgspec
import sqlalchemy as sa

from contracts.access.audit import AuditEntry
from contracts.access.caller import Role
from contracts.paging import Page, PageRequest
from kit.http.pace import RatePace
from kit.paging import key_after, page_of
from kit.sql.sessions import reading
from resources.sql.tables import AUDIT

MOST_REFUSED, DAY_S = 1_000, 86_400.0
"""Entries of an actor that are stored of what was refused, at once and in a day; admins' all are."""
log = logging.getLogger("tipbench.audit")


class AuditTable:
    """Implements contracts.access.audit.AuditLog; `clock` gives seconds, `most` entries are stored of refusals."""

    def __init__(
        self, engine: sa.Engine, clock: Callable[[], float] = time.monotonic, most: int = MOST_REFUSED
    ) -> None:
        self._engine, self._refused = engine, RatePace(most / DAY_S, most - 1, clock)

    def add(self, entry: AuditEntry) -> None:
        """Insert an entry under the next id, in a transaction of its own.

        What was refused beyond the most is a line of the log: nothing was changed, and whoever is refused could
        fill the disk.
        """
        if not self._stored(entry):
            log.warning("%s was refused (%s) and has no row: its caller has the most of a day", *_what(entry))
            return
        values = msgspec.to_builtins(entry)
        del values["id"]
        with self._engine.begin() as connection:
            connection.execute(AUDIT.insert().values(values))

    def _stored(self, entry: AuditEntry) -> bool:
        """Whether there is place for a row; what came by links counts by experiment, since one may have many."""
        if entry.outcome == "done" or entry.role == Role.ADMIN.name:
            return True
        who = entry.actor if entry.role in Role.__members__ else f"{entry.role} {entry.target}"
        if self._refused.take(who, 0) > 0:
            return False
        self._refused.take(who, 1)
        return True

    def page(self, request: PageRequest) -> Page[AuditEntry]:
        """Return entries, newest first, filtered by actor, operation, target and outcome."""
        wanted = {name: request.where.get(name) for name in ("actor", "operation", "target", "outcome")}
        filters = [AUDIT.c[name] == value for name, value in wanted.items() if value is not None]
        query = sa.select(AUDIT).where(*filters).order_by(AUDIT.c.id.desc()).limit(request.first + 1)
        if (after := key_after(request, int)) is not None:
            query = query.where(AUDIT.c.id < after[0])
        with reading(self._engine) as connection:
            rows = connection.execute(query).mappings().all()
        page = page_of(rows, request.first, key=lambda row: (row["id"],), view=lambda row: AuditEntry(**row))
        return msgspec.structs.replace(page, count=lambda: self._count(filters))

    def _count(self, filters: Sequence[sa.ColumnElement[bool]]) -> int:
        with reading(self._engine) as connection:
            return int(connection.execute(sa.select(sa.func.count()).select_from(AUDIT).where(*filters)).scalar_one())


def _what(entry: AuditEntry) -> tuple[str, str]:
    return entry.operation, entry.outcome
