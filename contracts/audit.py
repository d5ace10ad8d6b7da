"""The audit log: who did what, with ids and hashes; never an address, a person's name, a text or a comment."""

from typing import Protocol

import msgspec

from contracts.paging import Page, PageRequest


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One thing done or refused; `id` grows by one, `at` is ISO 8601 in UTC.

    `actor` is a user id, `dagit` or `webhook:ENDPOINT` with the caller's id after it; `outcome` is `done` or a code of
    contracts.refusals. `before` and `after` map names to ids and hashes.
    """

    id: int = 0
    at: str
    actor: str
    role: str
    operation: str
    target: str
    input_hash: str
    outcome: str
    request_id: str
    before: dict[str, str] = {}
    after: dict[str, str] = {}


class AuditLog(Protocol):
    """Append-only; entries cannot be changed through it."""

    def add(self, entry: AuditEntry) -> None:
        """Keep an entry durably; its id is given here."""
        ...

    def page(self, request: PageRequest) -> Page[AuditEntry]:
        """Newest first; `where` may hold actor, operation, target."""
        ...
