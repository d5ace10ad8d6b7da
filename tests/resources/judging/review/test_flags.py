"""The table of flags."""

from typing import Any

from resources.judging.review.flags import FlagTable
from resources.judging.rounds.page_answers import ItemPlace


def test_a_judge_flags_its_own_items_alone(setup: Any) -> None:
    """Two judges' flags of one experiment lie side by side, and a reason that is no Unicode is stored readable."""
    table = FlagTable(setup.engine, setup.now)
    for judge in ("anna", "ben"):
        table.put(ItemPlace("e", "r", judge, f"item-{judge}"), "odd \ud800", "u")
    table.remove(ItemPlace("e", "r", "anna", "item-ben"))
    assert table.reasons(["item-anna", "item-ben", "none"]) == {"item-anna": "odd ?", "item-ben": "odd ?"}
    table.remove(ItemPlace("e", "r", "anna", "item-anna"))
    assert [row.judge for row in table.page(None, None, 9)] == ["ben"]
