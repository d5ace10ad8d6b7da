from pathlib import Path

from kit.tables.problems import Problems
from resources.adoption.columns import KNOWN
from resources.adoption.file_reader import read_outputs


def _read(name: str, text: str) -> tuple[list[tuple[int, dict[str, object]]], Problems, str | None]:
    problems = Problems()
    found = read_outputs(Path(name), text.encode(), KNOWN, problems)
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
