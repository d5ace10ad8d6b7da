from typing import Any

import pytest

from contracts.paging import InvalidCursor, PageRequest
from kit.paging import LARGEST_NUMBER, key_after, page_of

FOUND = ["a", "b", "c"]


def test_a_page_says_whether_more_follow() -> None:
    """Only where more was found than it shows; its rows and their keys are in the order of what was found."""
    page = page_of(FOUND, 2, key=lambda one: (one,))
    assert (page.rows, page.keys, page.more) == (["a", "b"], [("a",), ("b",)], True)
    assert not page_of(FOUND, 3, key=lambda one: (one,)).more
    assert page_of([], 3, key=lambda _: ()).rows == []


def test_only_what_is_on_the_page_is_viewed() -> None:
    """What is shown is made from what was found, and the key is of what was found."""
    viewed: list[str] = []

    def view(one: str) -> str:
        viewed.append(one)
        return one.upper()

    page = page_of(FOUND, 2, key=lambda one: (one,), view=view)
    assert (page.rows, page.keys) == (["A", "B"], [("a",), ("b",)])
    assert viewed == ["a", "b"]


def test_a_key_of_the_lists_types_is_taken() -> None:
    """None asks for the first page."""
    assert key_after(PageRequest(), str, int) is None
    assert key_after(PageRequest(after=("a", LARGEST_NUMBER)), str, int) == ("a", LARGEST_NUMBER)
    assert key_after(PageRequest(after=(None, 1)), (float, type(None)), int) == (None, 1)


@pytest.mark.parametrize("after", [(), ("a",), ("a", 1, 1), (1, 1), ("a", "1"), ("a", True), ("a\0", 1), ("a", 2**63)])
def test_any_other_key_is_no_cursor(after: Any) -> None:
    """Too short or long, of other types, a truth value, a number or text that no row holds."""
    with pytest.raises(InvalidCursor):
        key_after(PageRequest(after=after), str, int)
