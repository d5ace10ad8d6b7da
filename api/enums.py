"""Enums whose values stay plain strings for mypy and the contracts, with a description of each in the schema."""

from collections.abc import Callable
from enum import Enum
from typing import TypeVar

import strawberry

E = TypeVar("E", bound=type[Enum])


def described(description: str, **values: str) -> Callable[[E], E]:
    """Make a GraphQL enum; `values` describes each member by its name, none left out."""

    def decorate(enum: E) -> E:
        missing = {member.name for member in enum} ^ set(values)
        if missing:
            raise TypeError(f"{enum.__name__}: describe just its members, not {', '.join(sorted(missing))}")
        strawberry.enum(enum, description=description)
        for value in enum.__strawberry_definition__.values:  # type: ignore[attr-defined]  # set by the line above
            value.description = values[value.name]
        return enum

    return decorate
