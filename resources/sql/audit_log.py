"""Stores the audit log in the database."""

import msgspec
import sqlalchemy as sa

from contracts.access.audit import AuditEntry
from contracts.paging import Page, PageRequest
from kit.paging import key_after, page_of
from kit.sql.sessions import reading
from resources.sql.tables import AUDIT


class AuditTable:
    """Implements contracts.access.audit.AuditLog."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def add(self, entry: AuditEntry) -> None:
        """Insert an entry under the next id, in a transaction of its own."""
        values = msgspec.to_builtins(entry)
        del values["id"]
        with self._engine.begin() as connection:
            connection.execute(AUDIT.insert().values(values))

    def page(self, request: PageRequest) -> Page[AuditEntry]:
        """Return entries, newest first, filtered by actor, operation and target."""
        query = sa.select(AUDIT).order_by(AUDIT.c.id.desc()).limit(request.first + 1)
        for column in ("actor", "operation", "target"):
            if request.where.get(column) is not None:
                query = query.where(AUDIT.c[column] == request.where[column])
        if (after := key_after(request, int)) is not None:
            query = query.where(AUDIT.c.id < after[0])
        with reading(self._engine) as connection:
            rows = connection.execute(query).mappings().all()
        return page_of(rows, request.first, key=lambda row: (row["id"],), view=lambda row: AuditEntry(**row))
