import pytest

from core.judging.tasks import Item


def test_the_task_follows_from_how_many_candidates_an_item_holds() -> None:
    """One is rated, two are compared; the key of one is the candidate itself, as ids were always made."""
    assert (Item(("a",)).task, Item(("a",)).key) == ("rating", "a")
    assert (Item(("a", "b")).task, Item(("a", "b")).key) == ("comparison", "a|b")


@pytest.mark.parametrize("candidates", [(), ("a", "a"), ("a", "b", "c")])
def test_an_item_that_no_judge_could_be_asked_about_cannot_be_made(candidates: tuple[str, ...]) -> None:
    """None, three, or one beside itself."""
    with pytest.raises(ValueError, match="one candidate or two that differ"):
        Item(candidates)
