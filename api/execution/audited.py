"""The audit row that every mutation writes once it reached its resolver, done or refused."""

import dataclasses
import hashlib
import json
from enum import Enum
from typing import Any

import strawberry
from strawberry.extensions import FieldExtension
from strawberry.extensions.field_extension import AsyncExtensionResolver

from api.context import Info, Note, in_thread
from api.failures import Failure
from contracts.access.audit import AuditEntry
from contracts.access.caller import Role
from contracts.refusals import Refusal, Unavailable
from kit.times import iso


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = ((each.name, getattr(value, each.name)) for each in dataclasses.fields(value))
        return {name: given for name, given in fields if given is not strawberry.UNSET}
    return str(value)


def input_hash(arguments: dict[str, Any]) -> str:
    """Return SHA-256 of the arguments as canonical JSON; an argument left out is absent, not null.

    Every JSON value has a hash, numbers over 64 bits too, so that no mutation goes without its row.
    """
    given = {name: value for name, value in arguments.items() if value is not strawberry.UNSET}
    text = json.dumps(given, default=_plain, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


async def _record(info: Info, arguments: dict[str, Any], outcome: str) -> None:
    context, caller = info.context, info.context.known
    entry = AuditEntry(
        at=iso(context.services.clock(), "milliseconds"),
        actor=caller.subject,
        role=caller.role.name,
        operation=info.field_name,
        target=context.noted.target,
        input_hash=input_hash({name: given for name, given in arguments.items() if name not in context.noted.hidden}),
        outcome=outcome,
        request_id=context.request_id,
        before=context.noted.before,
        after=context.noted.after,
    )
    await in_thread(context.services.audit.add, entry)


class Audited(FieldExtension):
    """The extension of a mutation's root field, inside its gate; `context.note` sets target, before and after."""

    async def resolve_async(self, next_: AsyncExtensionResolver, source: Any, info: Info, **kwargs: Any) -> Any:
        """Run the mutation, write its audit row, then return the result or raise what was raised.

        The outcome is `done`, a refusal's code, or INTERNAL for anything unforeseen. While little is left of the disk
        all but admins are refused, without a row.
        """
        if info.context.known.role < Role.ADMIN and not info.context.services.has_capacity():
            raise Unavailable("little is left of the disk: try again once an admin has made room")
        info.context.noted = Note()
        outcome = "INTERNAL"
        try:
            result = await next_(source, info, **kwargs)
            outcome = result.code if isinstance(result, Failure) else "done"
        except Refusal as refused:
            outcome = refused.code
            raise
        finally:
            await _record(info, kwargs, outcome)
        return result
