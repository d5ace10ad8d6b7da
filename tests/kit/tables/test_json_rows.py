import json

import pytest

from kit.tables.json_rows import json_rows, looks_like_json
from kit.tables.problems import Problems

ROWS = [{"a": number} for number in range(20)]
LINES = "".join(json.dumps(row) + "\n" for row in ROWS).encode()


def _read(data: bytes, **options: object) -> tuple[list[object], list[str], Problems]:
    problems = Problems()
    found = json_rows(data, problems, **options)  # type: ignore[arg-type]  # options of one call or another
    values = [value for _, value in found.rows]
    return values, found.read_over, problems


def test_lines_are_read_with_blank_ones_between() -> None:
    """Nothing is read over, and the numbers are the file's."""
    assert _read(LINES)[:2] == (ROWS, [])
    assert list(json_rows(b'\r\n{"a": 1}\r\n\n  {"a": 2}', Problems()).rows) == [(2, {"a": 1}), (4, {"a": 2})]


@pytest.mark.parametrize("form", [json.dumps(ROWS), json.dumps(ROWS, indent=1), LINES.decode().replace("\n", "\r")])
def test_other_forms_are_read_as_a_whole(form: str) -> None:
    """An array on one line or many; carriage returns alone."""
    values, _, problems = _read(form.encode())
    assert values == ROWS
    assert problems.total == 0


def test_a_few_broken_lines_are_listed_and_the_others_are_read() -> None:
    """So that what else is wrong is found at once."""
    values, _, problems = _read(LINES + b"oops\n" + b'{"a": NaN}\n[1\n')
    assert values == ROWS
    assert [problem.line for problem in problems.first()] == [21, 22, 23]
    assert [problem.message for problem in problems.first()] == [
        "not JSON from character 1 on: 'oops'",
        "not JSON: NaN is no number of JSON",
        "not JSON: the line is cut off",
    ]


def test_many_broken_lines_are_one_problem_that_says_what_to_do() -> None:
    """Ninety lines of prose, or an object over lines with a slip in it, are not ninety faults."""
    for text, line in (("a sentence\n" * 90, 1), (json.dumps(ROWS, indent=1).replace('"a": 7', '"a" 7'), 24)):
        values, _, problems = _read(text.encode())
        assert values == []
        assert problems.total == 1
        assert problems.first()[0].line == line
        assert "write one JSON object a line" in problems.first()[0].message


def test_beyond_the_limit_lines_alone_are_read() -> None:
    """An array is then refused, lines are not."""
    values, _, problems = _read(json.dumps(ROWS, indent=1).encode(), largest=100)
    assert (values, problems.total) == ([], 1)
    assert _read(LINES, largest=100)[0] == ROWS
    values, _, problems = _read(b"[1]\n" + LINES, largest=100)
    assert values == [[1], *ROWS]


def test_numbers_that_python_writes_are_read_where_they_are_wanted() -> None:
    """Line by line, also beyond the limit; a lone surrogate is replaced."""
    values, _, problems = _read(b'{"a": NaN}\n' + LINES, numbers=False, largest=10)
    assert str(values[0]) == "{'a': nan}"
    assert problems.total == 0
    assert _read(b'{"a": "\\ud83d"}', numbers=False)[0] == [{"a": "\ufffd"}]
    assert _read(b'{"a": "\\ud83d"}')[0] == [{"a": "\ufffd"}]


def test_json_is_known_from_its_beginning() -> None:
    """Behind a mark, blanks or a fence; a table is none."""
    assert all(map(looks_like_json, [b"\xef\xbb\xbf {", b"\r\n[1]", b"See:\n```json\n[\n", b"```\r\n{"]))
    assert not any(map(looks_like_json, [b"", b"item,rubric\n", b"```csv\nitem,rubric\n```\n", b"hello"]))
