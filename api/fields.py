"""The decorators of the schema's fields: root fields, which cannot lack a role, and fields of a type."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar, cast

import strawberry

from api.access import reads, writes
from api.execution.computed import weighed
from contracts.access.caller import Role

Resolver = TypeVar("Resolver", bound=Callable[..., Any])


class Decorator(Protocol):
    """Makes a resolver a field and keeps its type for mypy."""

    def __call__(self, resolver: Resolver, /) -> Resolver:
        """Return the field made of the resolver."""
        ...


def query(
    role: Role,
    description: str,
    gives: Any = None,
    *,
    name: str | None = None,
    weight: int = 10,
    rows: int | None = None,
    with_argument: Mapping[str, int] | None = None,
) -> Decorator:
    """Return a decorator for a root field of the query.

    `gives` is the field's GraphQL type where the resolver returns contract records, `weight` its cost without children,
    in units of 10 µs as measured, `with_argument` what it costs beside that where an argument is given, `rows` how many
    rows are counted for a list without `first`.
    """
    made = strawberry.field(
        name=name,
        description=description,
        graphql_type=gives,
        extensions=reads(role),
        metadata=weighed(weight, rows, with_argument),
    )
    return cast("Decorator", made)


def mutation(
    role: Role,
    description: str,
    gives: Any = None,
    *,
    name: str | None = None,
    weight: int = 50,
    with_argument: Mapping[str, int] | None = None,
) -> Decorator:
    """Return a decorator for a root field of the mutation, gated and audited; the arguments are those of `query`."""
    made = strawberry.mutation(
        name=name,
        description=description,
        graphql_type=gives,
        extensions=writes(role),
        metadata=weighed(weight, None, with_argument),
    )
    return cast("Decorator", made)


def subscription(
    role: Role, description: str, gives: Any = None, *, name: str | None = None, weight: int = 50
) -> Decorator:
    """Return a decorator for a root field of the subscription, whose resolver is an async generator."""
    made = strawberry.subscription(
        name=name, description=description, graphql_type=gives, extensions=reads(role), metadata=weighed(weight)
    )
    return cast("Decorator", made)


def field(
    description: str, gives: Any = None, *, name: str | None = None, weight: int = 1, rows: int | None = None
) -> Decorator:
    """Return a decorator for a field of a type that the record does not hold; it inherits its root field's role."""
    made = strawberry.field(name=name, description=description, graphql_type=gives, metadata=weighed(weight, rows))
    return cast("Decorator", made)
