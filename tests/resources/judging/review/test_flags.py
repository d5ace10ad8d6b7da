"""The table of flags."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from contracts.refusals import InvalidInput
from resources.judging.review.flags import LONGEST_REASON, FlagTable
from resources.judging.rounds.page_answers import ItemPlace
from tests.deadline import DEADLINE_S


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


def test_an_item_is_flagged_by_many_at_once(setup: Any) -> None:
    """As by a page that is open twice: each flag is taken, and the item has one of them."""
    table, place, many = FlagTable(setup.engine, setup.now), ItemPlace("e", "r", "anna", "item"), 8
    together = Barrier(many, timeout=DEADLINE_S)

    def flag(number: int) -> str:
        together.wait()
        return table.put(place, f"reason {number}", "u")

    for _ in range(4):
        with ThreadPoolExecutor(many) as pool:
            assert len(list(pool.map(flag, range(many)))) == many
        assert table.reasons(["item"])["item"] in {f"reason {number}" for number in range(many)}
        table.remove(place)
