"""Pages of lists that grow: keyset paging, so that a page costs the same wherever it stands."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

import msgspec

from contracts.refusals import InvalidInput

Row = TypeVar("Row")
Key = tuple[str | int | float | None, ...]
"""The sort value and the id of a row: a total order."""


class InvalidCursor(InvalidInput):
    """Text that is no cursor, or one of another list, order or filter."""

    code = "INVALID_CURSOR"

    def __init__(
        self,
        message: str = "This is not a cursor of this list, order and filter.",
        path: tuple[str, ...] = ("after",),
        code: str | None = None,
    ) -> None:
        super().__init__(message, path, code)


class PageRequest(msgspec.Struct, frozen=True):
    """`first` rows, 1 to 1,000, after the row whose key is `after`; `sort` is a column the list names, `descending`."""

    first: int = 50
    after: Key | None = None
    sort: str | None = None
    descending: bool = False
    where: dict[str, Any] = {}


class Page(msgspec.Struct, Generic[Row], frozen=True):
    """Rows in order with the key of each, and whether more follow.

    `count` gives the rows of the whole list, where the list can be counted.
    """

    rows: list[Row]
    keys: list[Key]
    more: bool
    count: Callable[[], int] | None = None
