"""Marks with the cells that have them."""

from resources.report.marks import marked_cells
from tests.resources.report.inputs import report_row


def test_every_mark_is_named_once_with_its_cells() -> None:
    """In the order asked for; where all of many cells have one it says so, and a long list is cut."""
    rows = [report_row(f"m{n}", 3.0, marks=("crowded",) if n else ("crowded", "too_few")) for n in range(9)]
    assert marked_cells(rows, ["too_few", "crowded", "all_equal"]) == [
        ("too_few", "m0 / p"),
        ("crowded", "all 9 cells"),
    ]
    (found,) = marked_cells([*rows, report_row("x", 2.0)], ["crowded"])
    assert found[1] == "m0 / p, m1 / p, m2 / p, m3 / p, m4 / p, m5 / p and 3 more"
    assert marked_cells(rows[1:2], ["crowded"]) == [("crowded", "m1 / p")]
    assert marked_cells(rows[1:4], ["crowded"]) == [("crowded", "m1 / p, m2 / p, m3 / p")]
