"""Listings on a terminal."""

import csv
import io
import json
import os
import re
from collections.abc import Callable
from contextlib import redirect_stdout, suppress

import msgspec
import pytest

from core.scoring.leaderboard_row import Estimate, LeaderboardRow, SliceRow
from wiring.cli import output
from wiring.cli.output import leaderboard_table, print_records, print_slices


class Row(msgspec.Struct):
    """A row to print."""

    name: str
    value: float | None
    parts: dict[str, int]
    marks: tuple[str, ...] = ()


ROWS = [Row("=A1\x1b[31m", 1.5, {"a": 1}, ("x", "y")), Row("plain", None, {"a": 2})]


def test_json_is_alone_and_exact(capsys: pytest.CaptureFixture[str]) -> None:
    """Standard output is a list of the records, numbers as they are."""
    print_records(ROWS, "json")
    assert json.loads(capsys.readouterr().out) == msgspec.json.decode(msgspec.json.encode(ROWS))


def test_csv_is_flat_and_starts_no_formula(capsys: pytest.CaptureFixture[str]) -> None:
    """Nested values have columns of their own; what a spreadsheet would run is quoted."""
    print_records(ROWS, "csv")
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert rows[0] == {"name": "'=A1[31m", "value": "1.5", "parts.a": "1", "marks": "x y"}
    assert rows[1]["value"] == ""


def test_a_table_shows_no_control_characters_and_no_empty_columns(capsys: pytest.CaptureFixture[str]) -> None:
    """Escapes are gone, unknown is a dash."""
    print_records(ROWS, "table")
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "–" in out


def test_nothing_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """An empty listing is an empty list in JSON and silence in a table."""
    print_records([], "json")
    assert json.loads(capsys.readouterr().out) == []
    print_records([], "table")
    assert capsys.readouterr().out == ""


FIELDS = dict.fromkeys(LeaderboardRow.__struct_fields__) | {
    "model": "org/quite-a-long-model-name", "prompt": "evidence-first", "judge_kind": "human", "score": 3.25,
    "low": 3.0, "high": 3.5, "rank_low": 1, "rank_high": 2, "diff": 0.5, "diff_low": 0.1, "diff_high": 0.9,
    "p_holm": 0.01, "criteria": {"a": Estimate(3.25, 3.0, 3.5)}, "marks": (), "provisional": False,
    "coverage": 1.0, "data_hash": "",
    **dict.fromkeys([name for name in LeaderboardRow.__struct_fields__ if name.startswith("n_")], 9),
}  # fmt: skip


def test_slices_show_the_adjusted_p(capsys: pytest.CaptureFixture[str]) -> None:
    """The table has the adjusted p and says that it is exploratory; JSON has it beside the fixed keys."""
    row = msgspec.convert(FIELDS | {"slice": "area", "slice_value": "home", "p_bh": 0.0377, "p_holm": None}, SliceRow)
    print_slices([row], "table", "area")
    out = capsys.readouterr().out
    assert ".038" in out
    assert "exploratory" in out
    print_slices([row], "json", "area")
    (shown,) = json.loads(capsys.readouterr().out)
    assert set(shown) == {*LeaderboardRow.__struct_fields__, "slice", "slice_value", "p_bh"}
    assert (shown["p_bh"], shown["p_holm"]) == (0.0377, None)


def test_scenarios_without_an_area_leave_nothing_to_slice(capsys: pytest.CaptureFixture[str]) -> None:
    """Instead of a table that repeats the leaderboard with another p, one sentence; JSON has the rows."""
    row = msgspec.convert(FIELDS | {"slice": "area", "slice_value": None, "p_bh": 0.03}, SliceRow)
    print_slices([row], "table", "area")
    assert capsys.readouterr().out == "no scenario has a value for area, so there is nothing to slice\n"
    print_slices([row], "json", "area")
    assert len(json.loads(capsys.readouterr().out)) == 1


def test_a_table_with_several_p_says_how_they_are_adjusted(capsys: pytest.CaptureFixture[str]) -> None:
    """An interval without 0 may stand beside a p above .05, because only p counts the other differences."""
    row = msgspec.convert(FIELDS, LeaderboardRow)
    leaderboard_table([row, row], {})
    assert "p is adjusted by Holm" in capsys.readouterr().out
    leaderboard_table([row], {})
    assert "Holm" not in capsys.readouterr().out


def test_tips_are_counted_apart_from_scores(capsys: pytest.CaptureFixture[str]) -> None:
    """Seven tips of a cell have nine scores of two judges; a slice has no number of tips."""
    row = msgspec.convert(FIELDS | {"rank_high": 1}, LeaderboardRow)
    leaderboard_table([row], {(row.model, row.prompt): 7})
    header, _, line = capsys.readouterr().out.splitlines()[:3]
    assert line[: header.index("tips") + len("tips")].split()[-1] == "7"
    assert line[: header.index("scored") + len("scored")].split()[-1] == "9"
    print_slices(
        [msgspec.convert(FIELDS | {"slice": "area", "slice_value": "home", "p_bh": None}, SliceRow)], "table", "area"
    )
    assert "tips" not in capsys.readouterr().out.splitlines()[0]


def test_noise_of_judges_has_a_column_where_it_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    """The sd of a judge's answers to one item; without repeated answers no column stands empty."""
    leaderboard_table([msgspec.convert(FIELDS | {"judge_noise": 0.314}, LeaderboardRow)], {})
    header, _, line = capsys.readouterr().out.splitlines()[:3]
    assert line[: header.index("noise") + len("noise")].split()[-1] == "0.31"
    leaderboard_table([msgspec.convert(FIELDS, LeaderboardRow)], {})
    assert "noise" not in capsys.readouterr().out.splitlines()[0]


def test_a_narrow_terminal_cuts_nothing_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """At 80 columns the leaderboard keeps rank, names, score and interval whole, and names what it left out."""
    row = msgspec.convert(FIELDS, LeaderboardRow)
    said = _on_a_terminal(lambda: leaderboard_table([row, row], {}), monkeypatch)
    assert "Holm" not in said
    for whole in ("org/quite-a-long-model-name", "evidence-first", "3.25", "3.00 … 3.50", "1–2", "left out", "p95 ms"):
        assert whole in said


def test_a_listing_fits_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Running text wraps, spared columns are left out by name, and times have no fractions of a second."""
    row = {
        "run_id": "3d8b03d2-7d99-4d04-9865-10feeeceee70",
        "started_at": "2026-11-28T18:31:57.800199+00:00",
        "model": "org/quite-a-long-model-name",
        "text": "Set a timer for ten minutes and begin with the easiest part of it.",
    }
    said = _on_a_terminal(lambda: print_records([row], "table", spared=("run_id",)), monkeypatch)
    assert max(len(line) for line in re.sub(r"\x1b\[[0-9;]*m", "", said).splitlines()) <= 80
    for whole in (
        "2026-11-28 18:31:57 ",
        "org/quite-a-long-model-name",
        "easiest",
        "left out for want of width: run_id;",
    ):
        assert whole in said
    assert "3d8b03d2" not in said


def _on_a_terminal(print_it: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> str:
    """Return what is printed on a terminal of 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    primary, terminal = os.openpty()
    with os.fdopen(terminal, "w", encoding="utf-8") as screen, redirect_stdout(screen):
        print_it()
    pieces = []
    with suppress(OSError), os.fdopen(primary, "rb", buffering=0) as shown:  # a closed terminal ends with an error
        while piece := shown.read(4096):
            pieces.append(piece)
    return b"".join(pieces).decode()


def test_a_plain_table_in_a_file_is_the_one_that_rich_draws(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """To the last blank, whether cells are numbers or words, short or long, or empty."""
    rows = [
        Row("north/plain", 0.51, {"a": 1}, ("crowded",)),
        Row("south × 2", -3.0, {}),
        Row("0.46 … 0.52", 1e9, {"some": 12, "more": 3}, ("a", "longer than its heading")),
    ]
    leaders = [
        msgspec.convert(FIELDS | {"score": 0.1 * place, "diff": 1 - 0.1 * place}, LeaderboardRow) for place in range(12)
    ]
    print_records(rows, "table")
    leaderboard_table(leaders, {})
    written = capsys.readouterr().out
    with monkeypatch.context() as patch:
        patch.setattr(output, "_draw", None)  # a board goes into a file without rich: it would fail
        leaderboard_table(leaders, {})
    assert capsys.readouterr().out.strip()
    monkeypatch.setattr(output, "_is_plain", lambda *_: False)  # what has other signs is drawn by rich
    print_records(rows, "table")
    leaderboard_table(leaders, {})
    assert written == capsys.readouterr().out
