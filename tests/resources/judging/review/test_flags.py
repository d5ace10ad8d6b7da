"""The table of flags."""

from typing import Any

import pytest

from contracts.refusals import InvalidInput
from resources.judging.review.flags import LONGEST_REASON, FlagTable
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


def test_a_reason_that_no_database_stores_is_refused(setup: Any) -> None:
    """A blank or long one too; nothing is flagged then."""
    table = FlagTable(setup.engine, setup.now)
    for reason in ("a\0b", " ", "x" * (LONGEST_REASON + 1)):
        with pytest.raises(InvalidInput):
            table.put(ItemPlace("e", "r", "anna", "item"), reason, "u")
    assert table.reasons(["item"]) == {}
