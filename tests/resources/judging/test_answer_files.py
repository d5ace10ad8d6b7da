"""Judges' files in the forms that agents and spreadsheets write: taken whole, or refused by row and column."""

import json
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

from kit.tables import problems
from kit.tables.csv_rows import MOST_EMPTY
from kit.tables.problems import LONGEST, MOST, SHOWN
from resources.judging import answer_files
from resources.judging.answer_files import remarks
from resources.judging.importer import Accepted, Rejected, answers_in
from resources.judging.receiving.offers import offer, settled

HEAD = ["item", "rubric", "clear", "kind", "comment", "unscorable"]


def _read(bench: Any, path: Any) -> Accepted:
    return answers_in(path.name, path.read_bytes(), items=bench.table(), rubric=bench.spec.rubric)


def _sheet(answers: list[Any], delimiter: str = ",", end: str = "\n", value: str = "4", comment: str = "") -> str:
    rows = [[answer["item"], "tips@1", value, value, comment, ""] for answer in answers]
    return end.join(delimiter.join(row) for row in [HEAD, *rows]) + end


def _lines(answers: list[Any]) -> str:
    return "".join(json.dumps(answer) + "\n" for answer in answers)


Make = Callable[[list[Any]], str | bytes]
TAKEN: dict[str, tuple[Make, float, list[str]]] = {
    "fence.jsonl": (lambda a: f"```json\n{_lines(a)}```\n", 3, ["a Markdown fence"]),
    "prose.jsonl": (
        lambda a: f"These are the scores:\n\n```jsonl\n{_lines(a)}```\n\nAsk me for more.\n",
        3,
        ["a Markdown fence", "the text around it"],
    ),
    "array.jsonl": (lambda a: json.dumps(a, indent=2), 3, ["one JSON array", "objects over several lines"]),
    "array.json": (json.dumps, 3, ["one JSON array"]),
    "pretty.jsonl": (lambda a: "\n".join(json.dumps(x, indent=1) for x in a), 3, ["objects over several lines"]),
    "commas.jsonl": (lambda a: _lines(a).replace("}}", "},}"), 3, ["trailing commas"]),
    "bom-crlf.jsonl": (lambda a: b"\xef\xbb\xbf" + _lines(a).replace("\n", "\r\n").encode(), 3, []),
    "cr.jsonl": (lambda a: _lines(a).replace("\n", "\r"), 3, []),
    "json-in-a-sheet.csv": (_lines, 3, []),
    "spreadsheet.csv": (lambda a: b"\xef\xbb\xbf" + _sheet(a, ";", "\r\n", "3,5").encode(), 3.5, []),
    "sep-line.csv": (lambda a: "sep=;\r\n" + _sheet(a, ";", "\r\n"), 4, []),
    "tabs.tsv": (lambda a: _sheet(a, "\t", value="3,5"), 3.5, []),
    "unicode-text.csv": (lambda a: _sheet(a, "\t", value="4.0").encode("utf-16"), 4, []),
    "cr-only.csv": (lambda a: _sheet(a, ";", "\r", comment="well, yes, no, maybe"), 4, []),
    "quoted.csv": (lambda a: _sheet(a, value='"3,5"'), 3.5, []),
    "empty-rows.csv": (lambda a: _sheet(a) + ",,,,,,\n,,,\n\n", 4, []),
    "fence.csv": (lambda a: f"Done:\n```csv\n{_sheet(a)}```\n", 4, ["a Markdown fence", "the text around it"]),
    "sheet.jsonl": (_sheet, 4, []),
}


@pytest.mark.parametrize("name", TAKEN)
def test_it_is_taken_whole_and_says_what_was_read_over(bench: Any, name: str) -> None:
    """All sixteen answers with their value."""
    make, value, read_over = TAKEN[name]
    accepted = _read(bench, bench.drop(name, make(bench.answers(bench.export()))))
    assert accepted.table["score.clear"].to_pylist() == [value] * 16
    assert sorted(accepted.read_over) == sorted(read_over)
    assert accepted.blank == 0


def test_a_sheet_filled_half_leaves_the_rest_pending(bench: Any) -> None:
    """Rows without any answer are counted, and the receipt says so."""
    answers = bench.answers(bench.export())
    rows = _sheet(answers[:10]) + "".join(f"{answer['item']},tips@1,,,,\n" for answer in answers[10:])
    path = bench.drop("half.csv", rows + ",tips@1,,,,\n")
    accepted = _read(bench, path)
    assert (accepted.table.num_rows, accepted.blank) == (10, 6)
    assert bench.ingest().remarks == {"half.csv": ["6 rows without an answer stay pending"]}
    assert bench.scores().sources()[0].blank == 6
    with pytest.raises(Rejected, match="all 6 rows are without one"):
        _read(bench, bench.drop("none.csv", rows.split("\n")[0] + "\n" + "\n".join(rows.split("\n")[11:])))


def test_rows_without_an_answer_are_read_to_a_limit(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as a spreadsheet has; beyond them the file is refused and nothing more of it is read."""
    assert answer_files.MOST_BLANK == MOST_EMPTY
    monkeypatch.setattr(answer_files, "MOST_BLANK", 20)
    answers = bench.answers(bench.export())
    assert _read(bench, bench.drop("a.csv", _sheet(answers) + "x,,,,,\n" * 20)).blank == 20
    with pytest.raises(Rejected, match="line 38: more than 20 rows hold no answer") as caught:
        _read(bench, bench.drop("a.csv", _sheet(answers) + "x,,,,,\n" * 21 + "x,y,1\n"))
    assert caught.value.total == 1


Change = Callable[[str], str]
REFUSED: dict[str, tuple[Change, str]] = {
    "half a row": (lambda row: row.replace(",4,4,", ",4,,"), "column 'kind' is empty: give a number from 1 to 5, or"),
    "a comment alone": (lambda row: row.replace(",4,4,", ",,,why"), "column 'clear' is empty"),
    "out of five": (lambda row: row.replace(",4,4,", ",4/5,4,"), "column 'clear' is '4/5': give a number from 1 to 5"),
    "out of range": (lambda row: row.replace(",4,4,", ",4,7,"), "column 'kind' is 7: give a number from 1 to 5"),
    "a word": (lambda row: row.replace(",4,4,", ",nan,4,"), "column 'clear' is 'nan': give a number from 1 to 5"),
    "another rubric": (lambda row: row.replace("tips@1", "tips@2"), "judged by 'tips@1'"),
    "moved cells": (lambda row: row.replace(",4,4,", ",3,5,4"), "without quotation marks"),
    "both": (lambda row: row.replace(",4,4,,", ",4,4,,cut"), "either 'scores' or 'unscorable'"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_wrong_row_is_named_with_its_column(bench: Any, name: str) -> None:
    """By the line in the file, and by the row of the sheet where a cell of several lines stands before it."""
    change, said = REFUSED[name]
    answers = bench.answers(bench.export())
    rows = _sheet(answers).split("\n")
    rows[5] = change(rows[5])
    with pytest.raises(Rejected) as caught:
        _read(bench, bench.drop("a.csv", "\n".join(rows)))
    ((line, message),) = [(problem.line, problem.message) for problem in caught.value.problems]
    assert line == 6
    assert said in message
    rows[2] = rows[2].replace(",4,4,", ',4,4,"two\nlines"')
    with pytest.raises(Rejected, match=r"line 7: .* \(row 6 of the sheet\)"):
        _read(bench, bench.drop("b.csv", "\n".join(rows)))


def test_a_sheet_is_spoken_of_by_its_columns(bench: Any) -> None:
    """A wrong item, rubric and value are faults of row and column, with what is allowed, and of no field."""
    answers = bench.answers(bench.export())[:3]
    rows = [HEAD, ["x", "tips@1", "4", "4"], [answers[1]["item"], "tips@9", "4", "4"]]
    rows.append([answers[2]["item"], "tips@1", "9", "4"])
    with pytest.raises(Rejected) as refused:
        _read(bench, bench.drop("wrong.csv", "\n".join(",".join(row) for row in rows)))
    assert [(problem.line, problem.message) for problem in refused.value.problems] == [
        (2, "column 'item': 'x' is no item of this experiment"),
        (3, "column 'rubric' is 'tips@9', and this experiment is judged by 'tips@1'"),
        (4, "column 'clear' is 9: give a number from 1 to 5"),
    ]


def test_a_file_that_cannot_be_read_is_one_problem(bench: Any) -> None:
    """Prose, a broken array and a torn fence, however many lines they have."""
    answers = bench.answers(bench.export())
    texts = ["I have judged them all.\n" * 90, json.dumps(answers, indent=1)[:-90], "```json\n" + _lines(answers)[:-9]]
    for text in texts:
        with pytest.raises(Rejected) as caught:
            _read(bench, bench.drop("a.jsonl", text))
        assert caught.value.total == 1


def test_texts_with_half_a_character_are_kept(bench: Any) -> None:
    """A comment cut inside an emoji has U+FFFD in its place."""
    answers = bench.answers(bench.export())
    path = bench.drop("a.jsonl", _lines(answers)[:-2] + ', "comment": "fine \\ud83d"}\n')
    assert _read(bench, path).table["comment"].to_pylist()[-1] == "fine \ufffd"


def test_the_receipt_of_an_import_says_it_all(setup: Any) -> None:
    """Answers, what was read over, what stays pending; kept in the ledger, so that a later look says the same."""
    answers = setup.folder()
    rows = _sheet(answers[:9]) + "".join(f"{answer['item']},tips@1,,,,\n" for answer in answers[9:10])
    file = setup.bench.home.root / "scores.csv"
    file.write_text(f"```csv\n{rows}```\n")
    offered = offer(setup.context, setup.bench.spec, file, "anna")
    setup.publish()
    assert settled(setup.context, setup.bench.spec, offered).sentence == (
        "took 9 answers of anna (human); read over: a Markdown fence; 1 row without an answer stays pending"
    )


def test_remarks_are_few() -> None:
    """None for a plain file."""
    assert remarks([], 0) == []
    assert remarks(["a", "b"], 2) == ["read over: a, b", "2 rows without an answer stay pending"]


HEADER = b"item,rubric,clear,kind,comment,unscorable\n"
LONG = b"x" * 200
HOSTILE = {
    "open braces": (b"", b"{\n", b""),
    "objects": (b"", b'{"x":"' + LONG + b'"}\n', b""),
    "elements": (b"[", b'{"a":{}},', b"{}]"),
    "nested": (b'[{"item":[', b"[],", b"[]]}]"),
    "keys": (b'{"item":{', b'"a":{},', b'"a":0}}\n'),
    "one line": (b"{}\n" * 9 + b"[", b'{"a":{"b":0}},', b"{}]\n"),
    "strings": (b"[", b'"' + LONG + b'",', b",]"),
    "fence": (b"```json\n", b"{\n", b"```\n"),
    "fences": (b"", b"```json\n{" + LONG + b"\n```\n", b""),
    "rows": (HEADER, LONG + b",b\n", b""),
    "wide rows": (HEADER, b"1,2,3,4,5,6,7" + LONG + b"\n", b""),
    "columns": (HEADER, b"a,", b"\n"),
    "names": (b"item,rubric,", b"ab,", b"\n"),
    "quotation mark": (HEADER + b'"', b"a", b""),
}
SIZE = 2 << 20
MANY_OBJECTS = {"elements", "one line"}
"""Whether all are decoded at once the first problem shows: a tenth of those that are read will do."""


@pytest.mark.parametrize("form", HOSTILE)
def test_what_is_wrong_with_a_file_costs_little_memory(bench: Any, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred problems are kept, and the peak is at most 32 MB above the file; decoded JSON is 30 times as large."""
    start, unit, end = HOSTILE[form]
    if form in MANY_OBJECTS:
        monkeypatch.setattr(problems, "MOST", MOST // 10)
    path = bench.drop("a.csv" if start.startswith((HEADER, b"item")) else "a.jsonl", "")
    path.write_bytes(start + unit * (SIZE // len(unit)) + end)
    items = bench.table()
    tracemalloc.start()
    try:
        with pytest.raises(Rejected) as caught:
            answers_in(path.name, path.read_bytes(), items=items, rubric=bench.spec.rubric)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < SIZE + (32 << 20)
    assert len(caught.value.problems) <= SHOWN
    assert all(len(problem.message) <= LONGEST + 1 for problem in caught.value.problems)


def test_reading_ends_after_a_hundred_thousand_problems(bench: Any) -> None:
    """Lines and rows alike; a hundred are kept, and the list says how many more there are and that it stopped."""
    for name, start, unit in (("a.jsonl", "", "{}\n"), ("a.csv", HEADER.decode(), "x,y,1\n")):
        with pytest.raises(Rejected, match="… and 99900 more; what follows was not read") as caught:
            _read(bench, bench.drop(name, start + unit * (MOST + 5)))
        assert (caught.value.total, len(caught.value.problems)) == (MOST, SHOWN)
