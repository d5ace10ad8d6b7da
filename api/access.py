"""The access rule: `@requiresRole` in the schema, the gate that enforces it and the check that nothing lacks it."""

import inspect
from collections.abc import Iterable, Iterator
from typing import Any, Protocol

import strawberry
from graphql import GraphQLError
from strawberry.extensions import FieldExtension
from strawberry.extensions.field_extension import AsyncExtensionResolver, SyncExtensionResolver
from strawberry.schema_directive import Location
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

from api.context import ApiContext, Info
from api.execution.audited import Audited
from contracts.access.caller import Caller, Role

ROLES = {
    "USER": "Anyone who is signed in.",
    "JUDGE": "A judge: rounds and answers of their own.",
    "ADMIN": "Everything that the benchmark can do.",
}


class _EnumDefinition(Protocol):
    values: list[Any]


def _described(enum: type[Role]) -> _EnumDefinition:
    strawberry.enum(
        enum, name="Role", description="What a caller may do; each role may do what the ones before it may."
    )
    definition: _EnumDefinition = enum.__strawberry_definition__  # type: ignore[attr-defined] # set by the line above
    for value in definition.values:
        value.description = ROLES[value.name]
    return definition


_described(Role)


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION, Location.OBJECT],
    name="requiresRole",
    description="Only callers with this role or a higher one may ask for it; fields beneath inherit.",
)
class RequiresRole:
    """The directive that names the lowest role allowed, on a root field or a type.

    A root field gets it from its Gate alone.
    """

    role: Role


class Ungated(TypeError):
    """Raised for a schema in which something is reachable without a declared role, or a mutation is not audited."""


def required(directives: Iterable[object]) -> Role | None:
    """Return the role that the directives of a field or type name, None without one."""
    return next((each.role for each in directives if isinstance(each, RequiresRole)), None)


def refusal(caller: Caller | None, role: Role | None) -> GraphQLError | None:
    """Return the error for a caller who may not pass, None for one who may.

    The code is UNAUTHENTICATED without a caller, FORBIDDEN for too low a role.
    """
    if role is None or (caller is not None and caller.role >= role):
        return None
    if caller is None:
        return GraphQLError("Sign in first.", extensions={"code": "UNAUTHENTICATED"})
    return GraphQLError(f"This needs the role {role.name}.", extensions={"code": "FORBIDDEN"})


def check_type(caller: Caller | None, definition: Any) -> None:
    """Raise the error for a caller who may not read a type, UNAUTHENTICATED or FORBIDDEN.

    `definition` is what strawberry knows of the type; None, of a type that is not strawberry's, needs no role.
    """
    refused = refusal(caller, required(getattr(definition, "directives", None) or ()))
    if refused is not None:
        raise refused


class Gate(FieldExtension):
    """Declares a root field's role in the schema and checks it again when the field runs."""

    def __init__(self, role: Role) -> None:
        self.role = role

    def apply(self, field: StrawberryField) -> None:
        """Add the directive to the field; once, however many schemas are built of it."""
        if required(field.directives) is None:
            field.directives = [*field.directives, RequiresRole(role=self.role)]

    def _check(self, context: ApiContext) -> None:
        refused = refusal(context.caller, self.role)
        if refused is not None:
            raise refused

    def resolve(self, next_: SyncExtensionResolver, source: Any, info: Info, **kwargs: Any) -> Any:
        """Check the role before a sync field runs, as a second lock; raise FORBIDDEN or UNAUTHENTICATED."""
        self._check(info.context)
        return next_(source, info, **kwargs)

    async def resolve_async(self, next_: AsyncExtensionResolver, source: Any, info: Info, **kwargs: Any) -> Any:
        """Check the role before an async field or subscription runs, as a second lock.

        Raise FORBIDDEN or UNAUTHENTICATED. The generator of a subscription is returned, it must not be awaited.
        """
        self._check(info.context)
        result: Any = next_(source, info, **kwargs)
        return await result if inspect.isawaitable(result) else result


def reads(role: Role) -> list[FieldExtension]:
    """Return the extensions for the root field of a query or subscription: its gate."""
    return [Gate(role)]


def writes(role: Role) -> list[FieldExtension]:
    """Return the extensions for a mutation's root field: the gate, and inside it one audit row a call."""
    return [Audited(), Gate(role)]


def _unguarded(definition: StrawberryObjectDefinition, audited: bool) -> Iterator[str]:
    for field in definition.fields:
        where = f"{definition.name}.{field.python_name}"
        gate = next((each for each in field.extensions if isinstance(each, Gate)), None)
        if gate is None or required(field.directives) is not gate.role:
            yield f"{where} has no gate"
        if audited and not any(isinstance(each, Audited) for each in field.extensions):
            yield f"{where} is not audited"


def check_roots(definitions: Iterable[StrawberryObjectDefinition | None], nodes: Iterable[Any]) -> None:
    """Raise Ungated unless each root field has a gate, each mutation an audit row and each Node type a role.

    `definitions` are query, mutation and subscription in this order, `nodes` the types that `node(id)` can return.
    """
    problems: list[str] = []
    for place, definition in enumerate(definitions):
        if definition is not None:
            problems += _unguarded(definition, audited=place == 1)
    problems += [f"{node.name} is a Node without a role" for node in nodes if required(node.directives or ()) is None]
    if problems:
        raise Ungated("; ".join(problems))
