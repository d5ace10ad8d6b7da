"""The decorators that nouns are written with: root fields that cannot forget their role, and fields of a type."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast

import strawberry

from api.access import reads, writes
from api.execution.computed import weighed
from contracts.access.caller import Role

Resolver = TypeVar("Resolver", bound=Callable[..., Any])


class Decorator(Protocol):
    """Makes a field of a resolver and leaves its type as it is."""

    def __call__(self, resolver: Resolver, /) -> Resolver:
        """The field."""
        ...


def query(
    role: Role,
    description: str,
    gives: Any = None,
    *,
    name: str | None = None,
    weight: int = 10,
    rows: int | None = None,
) -> Decorator:
    """Return a root field of the query; `gives` is its GraphQL type where the resolver returns contract records.

    `weight` is its cost beside its children; `rows` how many a list without `first` has, for the cost.
    """
    made = strawberry.field(
        name=name, description=description, graphql_type=gives, extensions=reads(role), metadata=weighed(weight, rows)
    )
    return cast("Decorator", made)


def mutation(
    role: Role, description: str, gives: Any = None, *, name: str | None = None, weight: int = 50
) -> Decorator:
    """Return a root field of the mutation: gated and audited."""
    made = strawberry.mutation(
        name=name, description=description, graphql_type=gives, extensions=writes(role), metadata=weighed(weight)
    )
    return cast("Decorator", made)


def subscription(
    role: Role, description: str, gives: Any = None, *, name: str | None = None, weight: int = 50
) -> Decorator:
    """Return a root field of the subscription; the resolver is an async generator."""
    made = strawberry.subscription(
        name=name, description=description, graphql_type=gives, extensions=reads(role), metadata=weighed(weight)
    )
    return cast("Decorator", made)


def field(
    description: str, gives: Any = None, *, name: str | None = None, weight: int = 1, rows: int | None = None
) -> Decorator:
    """Return a resolved field of a type, for what the record does not hold; it inherits its root field's role."""
    made = strawberry.field(name=name, description=description, graphql_type=gives, metadata=weighed(weight, rows))
    return cast("Decorator", made)
