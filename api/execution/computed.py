"""Fields that are a pure function of the row: one function serves a single row and a whole column."""

from collections.abc import Callable, Mapping
from typing import Any

import strawberry

COLUMN = "column"


def computed(read: Callable[[Any], Any], graphql_type: Any, description: str) -> Any:
    """Return a field with the value `read(row)`; `read` must be cheap, pure and never block."""

    def resolver(root: strawberry.Parent[Any]) -> Any:
        return read(root)

    return strawberry.field(
        resolver=resolver, graphql_type=graphql_type, description=description, metadata={COLUMN: read}
    )


def weighed(weight: int = 1, rows: int | None = None, with_argument: Mapping[str, int] | None = None) -> dict[str, Any]:
    """Return a field's `metadata`: its cost without children, and the rows counted for a list without `first`.

    `with_argument` is what it costs beside that where an argument is given, by the argument's name in GraphQL.
    """
    rest: dict[str, Any] = {} if rows is None else {"rows": rows}
    return {"weight": weight, **rest, **({"with_argument": dict(with_argument)} if with_argument else {})}
