"""The audit log: who did what; ids and hashes, never an address, a name or a text."""

from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from api.connection import After, Connection, First, connection_of, request_of
from api.context import Info, in_thread
from api.fields import query
from api.types.node import accepts
from contracts.access.audit import AuditEntry as Entry
from contracts.access.caller import Role


@strawberry.type(description="One thing done or refused.")
class AuditEntry:
    """Shows contracts.access.audit.AuditEntry."""

    is_type_of = accepts(Entry)

    id: int = strawberry.field(description="Grows by one.")
    at: str = strawberry.field(description="ISO 8601 in UTC.")
    actor: str = strawberry.field(description="User id, or the door it came through.")
    role: str = strawberry.field(description="The actor's role at that moment.")
    operation: str = strawberry.field(description="The mutation.")
    target: str = strawberry.field(description="What it was done to.")
    input_hash: str = strawberry.field(description="SHA-256 of the arguments.")
    outcome: str = strawberry.field(description="done, or the failure's code.")
    request_id: str = strawberry.field(description="Of the request, as in logs and errors.")
    before: JSON = strawberry.field(description="Ids and hashes before.")
    after: JSON = strawberry.field(description="Ids and hashes after.")


@strawberry.input(description="Which entries; every field given must match.")
class AuditFilter:
    """Which rows of the audit log, filtered by the database."""

    actor: str | None = strawberry.field(default=None, description="User id.")
    operation: str | None = strawberry.field(default=None, description="The mutation.")
    target: str | None = strawberry.field(default=None, description="What it was done to.")
    outcome: str | None = strawberry.field(default=None, description="done, or a failure's code.")


class AuditQueries:
    """Root fields of the query."""

    @query(Role.ADMIN, "The audit log, newest first.", gives=Connection[AuditEntry])
    async def audit_log(
        self,
        info: Info,
        first: First = 50,
        after: After = None,
        where: Annotated[AuditFilter | None, strawberry.argument(description="Which.")] = None,
    ) -> Connection[Entry]:
        """Return a page of the audit log, newest first."""
        request = request_of("auditLog", first, after, where=vars(where) if where else {})
        return connection_of(await in_thread(info.context.services.audit.page, request), request)
