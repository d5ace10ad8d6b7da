"""The audit row of a request over REST or a page, whichever module's endpoint served it."""

from collections.abc import Mapping

from starlette.requests import Request

from contracts.access.audit import AuditEntry
from contracts.access.caller import Caller
from kit.times import utc_now
from services.gateway.edge.middleware import request_id_of


def entry_of(
    request: Request,
    caller: Caller,
    operation: str,
    target: str,
    outcome: str,
    after: Mapping[str, str] | None = None,
    input_hash: str = "",
) -> AuditEntry:
    """Return the audit row for what `caller` did or was refused just now; nothing that was typed is in it."""
    return AuditEntry(
        at=utc_now(),
        actor=caller.subject,
        role=caller.role.name,
        operation=operation,
        target=target,
        input_hash=input_hash,
        outcome=outcome,
        request_id=request_id_of(request.scope),
        after=dict(after or {}),
    )
