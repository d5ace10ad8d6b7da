import tracemalloc
from pathlib import Path

import pytest

from kit.tables.problems import Problems
from resources.adoption.columns import KNOWN
from resources.adoption.file_reader import USUAL_LIMITS, RowLimits, read_outputs

SMALL = RowLimits(rows=2, row_bytes=1 << 20)
LONG = "x" * (1 << 20)
ROW = '{"scenario_id": "s", "text": "%s"}\n'


def _read(
    name: str, text: str, limits: RowLimits = USUAL_LIMITS
) -> tuple[list[tuple[int, dict[str, object]]], Problems, str | None]:
    problems = Problems()
    found = read_outputs(Path(name), text.encode(), KNOWN, problems, limits)
    return [(output.line, output.columns) for output in found.outputs], problems, found.tool


def test_our_own_columns_are_never_taken_for_a_tools() -> None:
    """Though a tool's names stand among them."""
    row = '{"scenario_id": "s", "text": "x", "vars": {}, "provider": "p", "prompt": "q"}'
    assert _read("a.jsonl", row)[2] is None
    assert _read("a.csv", "model,prompt,scenario,text,input,actual_output\na,b,c,d,e,f\n")[2] is None


def test_the_name_of_a_file_says_nothing() -> None:
    """JSON under .csv, a table under .jsonl."""
    assert _read("a.csv", '{"text": "x"}')[0] == [(1, {"text": "x"})]
    assert _read("a.jsonl", "text,model\nx,\n")[0] == [(2, {"text": "x", "model": None})]


def test_what_is_no_object_is_a_problem() -> None:
    """With its line, and what to write."""
    rows, problems, _ = _read("a.json", '[{"text": "x"},\n1]')
    assert len(rows) == 1
    assert problems.listing() == "  line 2: not an object but 1: write one JSON object an output"


def test_of_two_lists_neither_is_chosen() -> None:
    """A document with one list of objects is the list."""
    one = '{"rows": [{"text": "x"}], "version": 2}'
    assert _read("a.json", one)[0] == [(1, {"version": 2, "text": "x", "rows": {"text": "x"}})]
    assert len(_read("a.json", '{"rows": [{"text": "x"}], "more": [{"text": "y"}]}')[0]) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ROW % "a" * 3, "line 1: more than 2 rows: --max-rows takes more"),
        (f"[{','.join([ROW % 'a'] * 3)}]", "line 1: more than 2 rows: --max-rows takes more"),
        ('{"rows": [{"text": "x"}, {"text": "y"}, {"text": "z"}]}', "line 1: more than 2 rows: --max-rows takes more"),
        ("scenario_id,text\n" + "s,a\n" * 3, "line 1: more than 2 rows: --max-rows takes more"),
        (ROW % "a" + ROW % LONG, "line 2: longer than 1 MB: --max-row-mb takes more"),
        (f"scenario_id,text\ns,{LONG}\n", "line 2: not CSV: a row is longer than 1 MB; is a closing quotation"),
    ],
    ids=["lines", "array", "list", "table", "long line", "long row"],
)
def test_rows_are_read_to_a_limit(text: str, said: str) -> None:
    """Of their number and of the size of each; then none is taken, and the option that takes more is named."""
    rows, problems, _ = _read("a", text, SMALL)
    assert rows == []
    assert problems.listing().strip().startswith(said)
    assert _read("a", text)[1].total == 0


def test_a_line_that_is_too_long_is_not_decoded() -> None:
    """Decoded it would take many times its size."""
    text = ROW % "a" + '{"text": [' + "[]," * (4 << 20) + "[]]}\n"
    tracemalloc.start()
    try:
        assert _read("a", text, SMALL)[1].total == 1
        assert tracemalloc.get_traced_memory()[1] < 4 * len(text)
    finally:
        tracemalloc.stop()


def test_a_document_on_one_line_is_bounded_as_a_whole() -> None:
    """Programs write documents without line ends, which are no rows."""
    assert _read("a", f'{{"rows": [{{"text": "{LONG}"}}]}}\n', SMALL)[1].total == 0


@pytest.mark.parametrize(
    ("text", "held"),
    [(ROW * 2, True), ((ROW * 2).rstrip(), True), (ROW * 3, False), (ROW * 2 + "{}", False), (ROW % LONG, False)],
)
def test_lines_are_held_by_limits_up_to_the_number_and_the_size(text: str, held: bool) -> None:
    """Lines that are, or may be, more or longer are left to the reader that says which of them is wrong."""
    assert SMALL.hold(text.encode()) is held
