"""Fields that are a pure function of the row: the same function serves one row and a whole column."""

from collections.abc import Callable
from typing import Any

import strawberry

COLUMN = "column"


def computed(read: Callable[[Any], Any], graphql_type: Any, description: str) -> Any:
    """Return a field whose value is `read(row)`; `read` is cheap, pure and never waits."""

    def resolver(root: strawberry.Parent[Any]) -> Any:
        return read(root)

    return strawberry.field(
        resolver=resolver, graphql_type=graphql_type, description=description, metadata={COLUMN: read}
    )


def weighed(weight: int = 1, rows: int | None = None) -> dict[str, int]:
    """Return `metadata=`: what a field costs beside its children, and how many rows a list without `first` has."""
    return {"weight": weight} if rows is None else {"weight": weight, "rows": rows}
