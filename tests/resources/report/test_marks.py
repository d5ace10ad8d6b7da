"""Marks with the cells that have them."""

from core.scoring.leaderboard import MARKS as OF_ROWS
from resources.report.marks import MARKS, marked_cells
from tests.resources.report.inputs import report_row


def test_every_mark_is_named_once_with_its_cells() -> None:
    """In the order of the marks; where all of many cells have one it says so, and a long list is cut."""
    rows = [report_row(f"m{n}", 3.0, marks=("crowded",) if n else ("crowded", "too_few")) for n in range(9)]
    assert marked_cells(rows) == [
        ("crowded", "all 9 cells"),
        ("too_few", "m0 / p"),
    ]
    found, _ = marked_cells([*rows, report_row("x", 2.0)])
    assert found[1] == "m0 / p, m1 / p, m2 / p, m3 / p, m4 / p, m5 / p and 3 more"
    assert marked_cells(rows[1:2]) == [("crowded", "m1 / p")]
    assert marked_cells(rows[1:4]) == [("crowded", "m1 / p, m2 / p, m3 / p")]


def test_every_mark_of_a_row_has_its_words() -> None:
    """In the order in which rows have them."""
    assert tuple(MARKS) == OF_ROWS
