"""The page of a list out of one row more than it shows, by which is known whether others follow."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, overload

from contracts.paging import Key, Page

Found = TypeVar("Found")
Row = TypeVar("Row")


@overload
def page_of(found: Sequence[Row], first: int, key: Callable[[Row], Key]) -> Page[Row]: ...
@overload
def page_of(
    found: Sequence[Found], first: int, key: Callable[[Found], Key], view: Callable[[Found], Row]
) -> Page[Row]: ...


def page_of(
    found: Sequence[Any], first: int, key: Callable[[Any], Key], view: Callable[[Any], Any] | None = None
) -> Page[Any]:
    """Return the page of the `first` of what was found, in its order; more than that were found where others follow.

    `key` gives the sort value and id of what was found, `view` what is shown of it; only what is on the page is viewed.
    """
    shown = found[:first]
    return Page([one if view is None else view(one) for one in shown], [key(one) for one in shown], len(found) > first)
