import json
import time

import pytest

from kit.tables.loose_json import LooseJson, NotJson, decode_bytes

ROWS = [{"a": 1, "b": [1, 2]}, {"a": 'x, }] \\" ,}'}, {"a": None}]
LINES = "\n".join(map(json.dumps, ROWS))


def _read(text: str) -> tuple[list[object], list[str]]:
    loose = LooseJson(text.encode())
    return [value for _, value in loose], loose.read_over


FORMS = {
    "lines": (LINES, []),
    "carriage returns": (LINES.replace("\n", "\r"), []),
    "fence": (f"```json\n{LINES}\n```\n", ["a Markdown fence"]),
    "fence in prose": (f"Here [you] are:\n```\n{LINES}\n```\nbye", ["a Markdown fence", "the text around it"]),
    "array": (json.dumps(ROWS), ["one JSON array"]),
    "array over lines": (json.dumps(ROWS, indent=2), ["one JSON array", "objects over several lines"]),
    "objects over lines": ("\n\n".join(json.dumps(row, indent=1) for row in ROWS), ["objects over several lines"]),
    "commas between": (LINES.replace("}\n", "},\n"), ["commas between the objects"]),
    "array with a last comma": (f"[{LINES.replace(chr(10), ',')},]", ["one JSON array"]),
    "last comma": ('{"a": 1, "b": [1, 2,],}' + LINES[LINES.index("\n") :], ["trailing commas"]),
    "fence and array": (f"```\n{json.dumps(ROWS)}\n```", ["a Markdown fence", "one JSON array"]),
    "one after the other": (LINES.replace("\n", ""), []),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_same_values_come_from_every_form(form: str) -> None:
    """And what was read over is said."""
    text, read_over = FORMS[form]
    values, said = _read(text)
    assert values == ROWS
    assert sorted(said) == sorted(read_over)


def test_lines_are_those_of_the_file() -> None:
    """Behind a fence, inside an array, over several lines."""
    text = 'Hi\n```\n[\n{"a":\n1},\n\n{"b": 2}\n]\n```\n'
    assert list(LooseJson(text.encode())) == [(4, {"a": 1}), (7, {"b": 2})]


BROKEN = {
    "": (1, None),
    '{"a": 1}\n{"a": ': (2, "cut off"),
    '{"a": 1}\n{"a": "x': (2, "cut off"),
    '[{"a": 1},\n{"b": 2}': (2, "its array is not closed"),
    '{"a": 1}\nhello': (2, "not JSON at 'hello'"),
    '{"a": NaN}': (1, "NaN is no number of JSON"),
    "[" * 100_000: (1, "nested too deep"),
    '{"a": ' + "9" * 5000 + "}": (1, "not JSON"),
    '{"a": 1}\n```\n{"a": 2}\n```': (1, "inside and outside"),
    "{'a': 1}": (1, "not JSON"),
}


@pytest.mark.parametrize(("text", "expected"), BROKEN.items(), ids=[str(n) for n in range(len(BROKEN))])
def test_what_cannot_be_read_is_named_by_its_line(text: str, expected: tuple[int, str | None]) -> None:
    """In one sentence, at the first place where it shows."""
    line, said = expected
    if said is None:
        assert _read(text) == ([], [])
        return
    with pytest.raises(NotJson) as caught:
        _read(text)
    assert caught.value.line == line
    assert said in str(caught.value)


def test_other_numbers_are_read_where_they_are_wanted() -> None:
    """As Python writes them."""
    (value,) = [value for _, value in LooseJson(b'{"a": NaN, "b": -Infinity}', numbers=False)]
    assert value["a"] != value["a"]
    assert value["b"] == float("-inf")


def test_half_a_surrogate_pair_is_replaced() -> None:
    """A whole pair is the character that it spells."""
    assert _read('{"a\\ud83d": ["\\uD83d\\ude00", "x\\udc00"]}')[0] == [{"a\ufffd": ["😀", "x\ufffd"]}]


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b'\xef\xbb\xbf{"a": 1}\n', {"a": 1}),
        (b'["\xff", "\\ud83d\\ude00\\udc00"]', ["\ufffd", "😀\ufffd"]),
        (b'{"\\ud83d": -Infinity}', {"\ufffd": float("-inf")}),
    ],
)
def test_one_value_is_read_from_bytes(data: bytes, value: object) -> None:
    """Past a byte order mark, with U+FFFD for what is no text."""
    assert decode_bytes(data) == value


@pytest.mark.parametrize("data", [b"", b"<html>", b'{"a": 1} {"b": 2}', b"[" * 100_000])
def test_bytes_that_are_no_json_are_refused(data: bytes) -> None:
    """Whatever is wrong with them, by one error."""
    with pytest.raises(NotJson):
        decode_bytes(data)


MANY = 1_000_000
HOSTILE = ['{"a": "' + '\\"' * MANY, '{"' + '",' * MANY, "{" + "," * MANY + "}", '{"a": 1,' + " " * MANY, "\\" * MANY]


@pytest.mark.parametrize("text", HOSTILE, ids=[str(n) for n in range(len(HOSTILE))])
def test_hostile_texts_take_linear_time(text: str) -> None:
    """A megabyte of quotation marks, commas, blanks: refused within the time that one pass takes."""
    started = time.process_time()
    with pytest.raises(NotJson):
        _read(text)
    assert time.process_time() - started < 20  # a quadratic pass takes hours
