"""Scenario files of every form that people have, and what is said of those that cannot be used."""

from pathlib import Path
from typing import Any

import pytest

from core.benchmark.scenario import Scenario
from resources.catalog import Catalog, CatalogError, Layer, load_catalog
from resources.catalog.load import LARGEST
from resources.catalog.problems import CatalogProblems
from resources.catalog.scenarios import plain_id, read_scenarios

BARE = {"id": "bus", "situation": "I miss the bus every day."}
RICH: dict[str, Any] = {
    **BARE,
    "area": "travel",
    "local_time": "2026-03-05T07:40",
    "weather": "light rain",
    "open_tasks": ["Buy a ticket", "Call Ann"],
    "budget": "20 EUR",
    "stops": [3, 4],
}


def _read(name: str, text: str) -> tuple[list[Scenario], list[str]]:
    problems = CatalogProblems()
    return [entry for _, entry in read_scenarios(Path(name), text, problems)], problems.lines


def _load(folder: Path) -> Catalog:
    return load_catalog([Layer("project", folder, frozenset({"scenarios"}))])


FORMS = {
    "s.jsonl": '{"id": "bus", "situation": "I miss the bus every day.", "area": "travel", "local_time": '
    '"2026-03-05T07:40", "weather": "light rain", "open_tasks": ["Buy a ticket", "Call Ann"], "budget": "20 EUR", '
    '"stops": [3, 4], "profile": null}\n',
    "s.json": '[\n {"id": "bus", "situation": "I miss the bus every day.", "area": "travel",\n  "local_time": '
    '"2026-03-05T07:40", "weather": "light rain", "open_tasks": ["Buy a ticket", "Call Ann"], "budget": "20 EUR", '
    '"stops": [3, 4],},\n]\n',
    "s.csv": "id;situation;area;local_time;weather;open_tasks;budget;stops;must_not\n"
    'bus;I miss the bus every day.;travel;2026-03-05T07:40;light rain;"Buy a ticket; Call Ann";20 EUR;[3, 4];\n',
    "s.toml": '[[scenarios]]\nid = "bus"\nsituation = "I miss the bus every day."\narea = "travel"\n'
    'local_time = 2026-03-05T07:40:00\nweather = "light rain"\nopen_tasks = ["Buy a ticket", "Call Ann"]\n'
    'budget = "20 EUR"\nstops = [3, 4]\n',
}


@pytest.mark.parametrize("name", FORMS)
def test_one_scenario_is_the_same_in_every_form(name: str) -> None:
    """JSON lines, a JSON array, CSV and TOML give equal scenarios with equal hashes, fields of one's own included."""
    found, problems = _read(name, FORMS[name])
    assert problems == []
    assert [entry.data for entry in found] == [RICH]
    assert found[0] == Scenario("bus", "travel", None, RICH)


def test_id_and_situation_are_enough() -> None:
    """Area and locale are then not known; a whole number is an id too."""
    assert _read("s.jsonl", '{"id": 7, "situation": "x"}')[0] == [
        Scenario("7", None, None, {"id": "7", "situation": "x"})
    ]


def test_plain_text_is_one_situation_a_line_or_a_paragraph() -> None:
    """The id is made of the text, so that another order or another file changes no scenario."""
    lines, _ = _read("a.txt", "I sleep badly.\nI miss the bus.\n")
    assert [entry.data["situation"] for entry in lines] == ["I sleep badly.", "I miss the bus."]
    assert [entry.id for entry in lines] == [plain_id("I sleep badly."), plain_id("I miss the bus.")]
    again, _ = _read("b.txt", "\n\nI miss\n  the bus.\n\n\nI sleep badly.")
    assert again == [lines[1], lines[0]]
    assert _read("c.jsonl", '"I sleep badly."\n')[0] == [lines[0]]


def test_the_same_situation_twice_is_named(tmp_path: Path) -> None:
    """A repeated line of plain text is a problem with its line."""
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "s.txt").write_text("I sleep badly.\nI miss the bus.\nI sleep badly.\n")
    with pytest.raises(CatalogError, match=r"s\.txt:3: s-\w+ stands in s\.txt already"):
        _load(tmp_path)


def test_everything_that_is_wrong_with_a_file_is_said_at_once() -> None:
    """Several faults of one scenario and of several are all there with line and field, and none in a type's name."""
    text = (
        '{"situation": "x", "weather": 3, "locale": "English"}\n'
        "{oops\n"
        '{"id": "b", "situation": "", "calendar": [4], "must_not": "x", "local_time": "noon"}\n'
        "17\n"
    )
    found, problems = _read("s.jsonl", text)
    assert found == []
    assert [line.partition(" ")[0] for line in problems] == ["s.jsonl:1:"] * 3 + ["s.jsonl:2:"] + ["s.jsonl:3:"] * 4 + [
        "s.jsonl:4:"
    ]
    said = "\n".join(problems)
    for field in ("'id' is missing", "'weather': 3 is not a text", "'locale'", "'situation'", "'calendar'"):
        assert field in said
    assert "'must_not': 'x' is not a list of texts" in said
    assert "'local_time': 'noon' is not like 2026-03-05T21:40 or 21:40" in said
    assert "not a scenario but 17" in said
    for word in ("Expected", "`", "str", "array", "$"):
        assert word not in said.replace("structure", "")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("s.csv", "situation\nx\n", "s.csv:2: field 'id' is missing"),
        ("s.csv", "id,situation\na,x\nb,y,z\n", "s.csv:3: 3 values for 2 columns"),
        ("s.toml", '[[scenarios]]\nid = "a"\nsituation = "x"\nhours = nan\n', "nan is no number"),
        ("s.toml", '[[scenario]]\nid = "a"\n', "[[scenarios]]"),
        ("s.toml", '[[scenarios]]\nid = "a"\nsituation = "x"\n[[scenarios]]\nid = "b"\n', "s.toml:4: field 'sit"),
        ("s.jsonl", '{"id": "a", "situation": "x", "n": 1000000000000000000000}', "more than 64 bits"),
        ("s.jsonl", '{"id": "a", "situation": "' + "x" * 5000 + '"}', "5000 characters, over 4000"),
        ("s.jsonl", '{"id": "a", "situation": "x", "notes": "' + "x" * 70_000 + '"}', "at most 64 KB"),
        ("s.jsonl", '{"id": "a", "situation": "x", "n": ' + "[" * 30_000 + "]" * 30_000 + "}", "s.jsonl:1: "),
        ("s.txt", "x" * 5000, "s.txt:1: field 'situation' has 5000 characters"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_named(name: str, text: str, said: str) -> None:
    """Every form names file and line; nothing is taken silently."""
    found, problems = _read(name, text)
    assert said in "\n".join(problems)
    assert all(entry.id == "a" for entry in found)


def test_what_is_not_read_or_too_large_is_said(tmp_path: Path) -> None:
    """A spreadsheet in the folder is a problem, and so is a file beyond the limit."""
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "s.xlsx").write_bytes(b"PK")
    (tmp_path / "scenarios" / "s.txt").write_bytes(b"x\n" * (LARGEST // 2 + 1))
    with pytest.raises(CatalogError) as caught:
        _load(tmp_path)
    assert "s.xlsx: not read: save it as one of csv, json, jsonl, toml, tsv, txt" in str(caught.value)
    assert "s.txt: 16 MB: a file of the catalog has at most 16 MB" in str(caught.value)


def test_hidden_files_are_passed_over_and_capitals_are_not(tmp_path: Path) -> None:
    """What a file manager puts beside a file is no scenario; a name that ends in CSV is a table."""
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "._S.CSV").write_bytes(b"\x00\x05\x16\x07\xff")
    (tmp_path / "scenarios" / "S.CSV").write_text("id,situation\nbus,I miss the bus every day.\n")
    assert _load(tmp_path).scenarios == (Scenario("bus", None, None, BARE),)


def test_marks_and_line_ends_change_no_scenario(tmp_path: Path) -> None:
    """A byte order mark, CRLF and tabs as spreadsheets save them give the scenarios of the plain file."""
    found = []
    for name, data in {
        "plain": b"id,situation\nbus,I miss the bus every day.\n",
        "saved": b"\xef\xbb\xbfid;situation;\r\nbus;I miss the bus every day.;\r\n;;\r\n",
        "tabs": "id\tsituation\nbus\tI miss the bus every day.\n".encode("utf-16"),
    }.items():
        (tmp_path / name / "scenarios").mkdir(parents=True)
        (tmp_path / name / "scenarios" / "s.csv").write_bytes(data)
        found.append(_load(tmp_path / name).scenarios)
    assert found[0] == found[1] == found[2] == (Scenario("bus", None, None, BARE),)
