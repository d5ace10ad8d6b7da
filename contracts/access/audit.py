"""The audit log: who did what, with ids and hashes; never an address, a person's name, a text or a comment."""

from typing import Protocol

import msgspec

from contracts.paging import Page, PageRequest


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One operation that was done or refused; `id` grows by one, `at` is ISO 8601 in UTC.

    `actor` is a user id, `webhook:ENDPOINT:MESSAGE` or `upload:` and a part of the link's hash; `role` the actor's, or
    WEBHOOK or UPLOAD. `target` is a name or id of ours, else `sha256:` and a part of the hash of what was typed.
    `outcome` is `done` or a refusal's code. `before` and `after` map names to ids and hashes.
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
    """Append-only: entries are added and read, never changed."""

    def add(self, entry: AuditEntry) -> None:
        """Store an entry durably under the next id; its own `id` is ignored."""
        ...

    def page(self, request: PageRequest) -> Page[AuditEntry]:
        """Return entries, newest first; `where` may hold actor, operation, target and outcome."""
        ...
