from kit.paging import page_of

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
