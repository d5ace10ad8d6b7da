import asyncio
import base64
from typing import Any

import orjson
import pytest

from api.connection import Listing, connection_of, cursor_of, request_of
from contracts.paging import InvalidCursor, Page
from contracts.refusals import InvalidInput
from tests.api.memory_services import MemoryServices
from tests.api.serving import example

LIST = request_of("things", 5, sort="cost", where={"state": "done", "area": None})


def _again(cursor: str, **changes: Any) -> Listing:
    given: dict[str, Any] = {"list_name": "things", "first": 5, "sort": "cost", "where": {"state": "done"}, **changes}
    return request_of(after=cursor, **given)


@pytest.mark.parametrize("key", [("a", "b"), (1.5, "x"), (None, "x"), (0, "ü"), ("x",)])
def test_a_cursor_leads_back_to_its_key(key: tuple[Any, ...]) -> None:
    """Text, numbers and null; a filter that is None is none."""
    assert _again(cursor_of(LIST, key)).after == key
    assert LIST.where == {"state": "done"}


@pytest.mark.parametrize(
    "changes",
    [{"list_name": "others"}, {"sort": "name"}, {"descending": True}, {"where": {}}, {"where": {"state": "open"}}],
)
def test_a_cursor_of_another_list_order_or_filter_is_refused(changes: dict[str, Any]) -> None:
    """INVALID_CURSOR with `after` to blame; the page's size may change."""
    cursor = cursor_of(LIST, (1, "a"))
    assert _again(cursor, first=50).after == (1, "a")
    with pytest.raises(InvalidCursor) as refused:
        _again(cursor, **changes)
    assert (refused.value.code, refused.value.path) == ("INVALID_CURSOR", ("after",))


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "🙂", "arrayconnection:5", "=" * 8, "a" * 5_000]
    + [
        base64.urlsafe_b64encode(raw).decode()
        for raw in (
            b"\xff",
            b"[" * 1_000,
            b"{}",
            b"[]",
            b'[1,"things"]',
            orjson.dumps([2, "things", LIST.scope, "a"]),
            orjson.dumps([1, "things", LIST.scope]),
            orjson.dumps([1, "things", LIST.scope, [1]]),
            orjson.dumps([1, "things", LIST.scope, {"$gt": ""}]),
        )
    ],
)
def test_rubbish_is_no_cursor(cursor: str) -> None:
    """INVALID_CURSOR, never a decoder's own text."""
    with pytest.raises(InvalidCursor, match="not a cursor of this list"):
        _again(cursor)


@pytest.mark.parametrize("first", [0, -1, 101, 10**9])
def test_first_is_within_the_lists_largest_page(first: int) -> None:
    """INVALID_INPUT otherwise; nothing is cut short silently."""
    with pytest.raises(InvalidInput, match="1 to 100"):
        request_of("things", first)
    assert request_of("things", 100).first == 100
    assert request_of("things", 1_000, most=1_000).first == 1_000


def test_an_empty_page_has_no_end() -> None:
    """And says that nothing follows."""
    page: Page[int] = Page([], [], False)
    connection = connection_of(page, LIST)
    assert (connection.page_info.end_cursor, connection.page_info.has_next_page) == (None, False)


def test_pages_give_each_row_once() -> None:
    """Walking by endCursor, through the schema."""
    schema, services = example(), MemoryServices(23)
    text = "query($a:String){experiments(first:5,after:$a){edges{cursor node{name}} pageInfo{hasNextPage endCursor}}}"

    async def walk() -> list[str]:
        names: list[str] = []
        after, more = None, True
        while more:
            result: Any = await schema.execute(text, {"a": after}, services.context())
            page = result.data["experiments"]
            names += [edge["node"]["name"] for edge in page["edges"]]
            after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
            assert page["edges"][-1]["cursor"] == after
        return names

    assert asyncio.run(walk()) == [row.name for row in services.experiments.rows]


def test_a_wrong_cursor_is_a_coded_error_with_its_path() -> None:
    """In the answer of a query."""
    result = asyncio.run(
        example().execute('{experiments(after:"x"){nodes{name}}}', context_value=MemoryServices().context())
    )
    assert [error.extensions for error in result.errors or ()] == [{"code": "INVALID_CURSOR", "path": ["after"]}]
