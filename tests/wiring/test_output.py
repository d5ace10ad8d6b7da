"""Listings on a terminal."""

import csv
import io
import json

import msgspec
import pytest

from wiring.output import print_records


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
