"""What changes in an order of cells, in words."""

import pytest

from core.scoring.order_changes import order_change

BOARD = {"a": 4.0, "b": 3.0, "c": 2.0, "d": 1.0}


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (BOARD, ""),
        ({"a": 9.0, "b": 8.0, "c": 7.0, "d": 6.0}, ""),
        (BOARD | {"b": 4.5}, "b and a change places"),
        (BOARD | {"c": 5.0}, "c moves from 3 to 1, a moves from 1 to 2, b moves from 2 to 3"),
        (
            BOARD | {"d": 5.0},
            "d moves from 4 to 1, a moves from 1 to 2, b moves from 2 to 3, and 1 more cell moves",
        ),
        ({"a": 4.0, "b": 3.0, "d": 1.0}, "c has no score"),
        ({"a": 1.0, "b": 3.0}, "b and a change places; c, d have no score"),
    ],
)
def test_a_change_names_the_cells_that_move(after: dict[str, float], said: str) -> None:
    """Two that change places, or from which place to which; a cell that loses its score is named."""
    assert order_change(BOARD, after) == said


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"a": 2.0, "b": 2.0}, {"b": 2.0, "a": 2.0}),
        ({"a": 2.0, "b": 2.0}, {"b": 3.0, "a": 2.0}),
        ({"a": 2.0, "b": 1.0}, {"b": 2.0, "a": 2.0}),
        ({"a": 2.0, "b": 1.0}, {"b": 2.0 + 1e-12, "a": 2.0}),
    ],
)
def test_equal_scores_are_no_change(before: dict[str, float], after: dict[str, float]) -> None:
    """Neither those that were equal before, nor those that are so after."""
    assert order_change(before, after) == ""
