"""The page of a list out of one row more than it shows, by which is known whether others follow."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, overload

from contracts.paging import InvalidCursor, Key, Page, PageRequest

Found = TypeVar("Found")
Row = TypeVar("Row")


LARGEST_NUMBER = 2**63 - 1
"""Of the databases' whole numbers; what is larger is in no row."""
Kind = type | tuple[type, ...]


def key_after(request: PageRequest, *kinds: Kind) -> Key | None:
    """Return the key that the page follows, None for the first page; raise InvalidCursor if it is no key of the list.

    `kinds` are the types of its parts, since a cursor is text that anybody may have written. A whole number is at most
    2**63 - 1, and a text holds no NUL, which not every database takes.
    """
    if request.after is None:
        return None
    if len(request.after) != len(kinds) or not all(map(_fits, request.after, kinds)):
        raise InvalidCursor
    return request.after


def _fits(part: Any, kind: Kind) -> bool:
    if isinstance(part, bool) or not isinstance(part, kind):
        return False
    if isinstance(part, str):
        return "\0" not in part
    return not isinstance(part, int) or -LARGEST_NUMBER <= part <= LARGEST_NUMBER


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
