"""Lists that can grow: Relay connections over keyset pages, with cursors that fit only the list they came from."""

import asyncio
import base64
import binascii
from collections.abc import Callable
from typing import Annotated, Any, Generic, TypeVar

import orjson
import strawberry

from api.fields import field
from contracts.paging import InvalidCursor, Key, Page, PageRequest
from contracts.refusals import InvalidInput
from core.canonical import content_hash

Item = TypeVar("Item")
VERSION = 1
LONGEST_CURSOR = 2_048
MOST = 100
"""The most rows in a page, unless a list sets its own limit."""

First = Annotated[int, strawberry.argument(description="How many at most.")]
After = Annotated[str | None, strawberry.argument(description="The cursor that the page follows; from the same list.")]


class Listing(PageRequest, frozen=True):
    """A page request that knows its list; `connection_of` takes it back with the page."""

    list_name: str = ""

    @property
    def scope(self) -> str:
        """Return the hash of order and filter, 16 hex digits, to which a cursor is bound besides the list's name."""
        return content_hash([self.sort, self.descending, self.where])[:16]


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    """The Relay page information of a connection."""

    has_next_page: bool = strawberry.field(description="Whether more follow.")
    end_cursor: str | None = strawberry.field(
        description="Give it as `after` for the next page; null for an empty one."
    )


@strawberry.type(description="One row and its cursor.")
class Edge(Generic[Item]):
    """One row of a connection with its cursor."""

    cursor: str = strawberry.field(description="Give it as `after` for what follows this row.")
    node: Item = strawberry.field(description="The row.")


@strawberry.type(description="One page of a list in a stable order.")
class Connection(Generic[Item]):
    """One page of a list as Relay has it, made by `connection_of`."""

    listing: strawberry.Private[Listing]
    keys: strawberry.Private[list[Key]]
    count: strawberry.Private[Callable[[], int] | None]
    nodes: list[Item] = strawberry.field(description="The rows.")
    page_info: PageInfo = strawberry.field(description="Where this page stands.")

    @field("The rows with a cursor each.")
    def edges(self) -> list[Edge[Item]]:
        """Return rows with their cursors, made only when a query selects them."""
        pairs = zip(self.keys, self.nodes, strict=True)
        return [Edge(cursor=cursor_of(self.listing, key), node=node) for key, node in pairs]

    @field("How many rows the whole list has; null for a list that does not count them.", weight=3_000)
    async def total_count(self) -> int | None:
        """Return the number of rows under the filter, counted only when a query selects it."""
        return None if self.count is None else await asyncio.to_thread(self.count)


def cursor_of(listing: Listing, key: Key) -> str:
    """Return the cursor of a row: version, list, scope and the row's key in base64url."""
    return base64.urlsafe_b64encode(orjson.dumps([VERSION, listing.list_name, listing.scope, *key])).decode()


def _key_of(listing: Listing, cursor: str) -> Key:
    if len(cursor) > LONGEST_CURSOR:
        raise InvalidCursor
    try:
        raw = base64.b64decode(cursor.encode("ascii"), altchars=b"-_", validate=True)
        parts = orjson.loads(raw)
    except (UnicodeEncodeError, binascii.Error, ValueError) as error:
        raise InvalidCursor from error
    if not isinstance(parts, list) or parts[:3] != [VERSION, listing.list_name, listing.scope] or len(parts) < 4:
        raise InvalidCursor
    if not all(part is None or isinstance(part, str | int | float) for part in parts[3:]):
        raise InvalidCursor
    return tuple(parts[3:])


def request_of(
    list_name: str,
    first: int,
    after: str | None = None,
    *,
    sort: str | None = None,
    descending: bool = False,
    where: dict[str, Any] | None = None,
    most: int = MOST,
) -> Listing:
    """Return the page request for a list's arguments; filters that are None are left out.

    `most` is the list's largest page, 1,000 rows at most. Raise InvalidInput unless `first` is 1 to `most`,
    InvalidCursor for an `after` that does not belong to this list, order and filter.
    """
    if not 1 <= first <= most:
        raise InvalidInput(f"first must be 1 to {most}.", ("first",))
    chosen = {name: value for name, value in (where or {}).items() if value is not None}
    listing = Listing(first, None, sort, descending, chosen, list_name)
    if after is None:
        return listing
    return Listing(first, _key_of(listing, after), sort, descending, chosen, list_name)


def connection_of(page: Page[Item], listing: Listing) -> Connection[Item]:
    """Return the connection that shows a page; `listing` is the request it was read by."""
    end = cursor_of(listing, page.keys[-1]) if page.keys else None
    info = PageInfo(has_next_page=page.more, end_cursor=end)
    return Connection(listing=listing, keys=page.keys, count=page.count, nodes=page.rows, page_info=info)
