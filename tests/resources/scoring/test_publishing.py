"""The leaderboard as a table for spreadsheets."""

from pathlib import Path

from resources.scoring.publishing import leaderboard_table, write_sheet
from tests.resources.report.inputs import HOSTILE, report_row


def test_the_sheet_is_what_pandas_would_write(tmp_path: Path) -> None:
    """Whole numbers stay whole beside empty cells, floats are as short as they can be, text is quoted where needed."""
    rows = [
        report_row("a, b", 3.1 + 0.2, marks=("x", "y"), p_holm=1e-9, cost_per_1k=0.0),
        report_row('say "no"', None, title="two\nlines", tokens=1e22),
    ]
    write_sheet(tmp_path / "sheet.csv", rows)
    frame = leaderboard_table(rows).to_pandas(integer_object_nulls=True)
    wanted = frame.to_csv(index=False).encode()
    assert (tmp_path / "sheet.csv").read_bytes() == wanted


def test_a_name_starts_no_formula(tmp_path: Path) -> None:
    """And nothing in it moves the cursor of a terminal or turns the text round."""
    write_sheet(tmp_path / "sheet.csv", [report_row("=1+1", 3.0), report_row(HOSTILE, None)])
    text = (tmp_path / "sheet.csv").read_text("utf-8")
    assert "\n'=1+1," in text
    assert "\x1b" not in text
    assert "\u202e" not in text
