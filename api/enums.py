"""GraphQL enums whose values stay plain strings for mypy and the contracts, each with a description in the schema."""

from collections.abc import Callable
from enum import Enum
from typing import TypeVar

import strawberry

E = TypeVar("E", bound=type[Enum])


def described(description: str, **values: str) -> Callable[[E], E]:
    """Return a decorator that makes a GraphQL enum; `values` describes each member by its name.

    Raise TypeError unless exactly the members are described.
    """

    def decorate(enum: E) -> E:
        missing = {member.name for member in enum} ^ set(values)
        if missing:
            raise TypeError(f"{enum.__name__}: describe just its members, not {', '.join(sorted(missing))}")
        strawberry.enum(enum, description=description)
        for value in enum.__strawberry_definition__.values:  # type: ignore[attr-defined]  # set by the line above
            value.description = values[value.name]
        return enum

    return decorate
