"""Outputs made elsewhere in the forms that people have: all rows, or everything that is wrong with them."""

import json
import math
from collections.abc import Callable
from typing import Any

import pytest

from core.judging.rubric import Criterion, Rubric, Scale
from resources.adoption.rows import AdoptRejected

SCORES = {"score.anna.clear": "3,5", "score.anna.kind": "4"}
Made = str | bytes
FORMS: dict[str, Callable[[list[Any], Any], Made]] = {
    "usual_csv": lambda rows, table: table(rows),
    "spreadsheet_csv": lambda rows, table: (
        b"\xef\xbb\xbf" + table([{**row, "latency_ms": "120,5", **SCORES} for row in rows], ";", "\r\n").encode()
    ),
    "sep_csv": lambda rows, table: "sep=;\r\n" + table(rows, ";", "\r\n"),
    "tabs_tsv": lambda rows, table: table(rows, "\t"),
    "long_csv": lambda rows, table: table([{**rows[0], "text": "word " * 40_000}, *rows[1:]]),
    "lines_jsonl": lambda rows, _: "\n".join(map(json.dumps, rows)),
    "array_json": lambda rows, _: json.dumps(rows, indent=1),
    "fence_jsonl": lambda rows, _: f"```json\n{json.dumps(rows)}\n```",
    "ids_jsonl": lambda rows, _: "\n".join(
        json.dumps({**row, "scenario_id": int(row["scenario_id"][1:])}) for row in rows
    ),
    "inside_json": lambda rows, _: json.dumps({"version": 1, "results": rows}),
    "no-index_csv": lambda rows, table: table([{k: v for k, v in row.items() if k != "tip_index"} for row in rows]),
    "paths_csv": lambda rows, table: table([{**row, "prompt": f"prompts/{row['prompt']}.txt"} for row in rows]),
    "texts_csv": lambda rows, table: table([{**row, "prompt": "Be kind.\nTip. " * 9 + row["prompt"]} for row in rows]),
    "nan_csv": lambda rows, table: table([{**row, "latency_ms": "NaN", "cost": "nan"} for row in rows]),
    "nan_jsonl": lambda rows, _: "\n".join(json.dumps({**row, "latency_ms": math.nan, "cost": None}) for row in rows),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_twelve_tips_of_four_cells_come_from_every_form(read: Any, rows: Any, table: Any, form: str) -> None:
    """Whatever the dialect, the container and the labels are."""
    found = read(**{form: FORMS[form](rows, table)})
    assert len(found.rows) == 12
    assert len({(row.model, row.prompt) for row in found.rows}) == 4
    assert len({row.scenario_id for row in found.rows}) == 3
    assert {row.tip_index for row in found.rows} == {0}
    assert all("/" not in row.prompt and row.prompt.isprintable() for row in found.rows)
    if form == "spreadsheet_csv":
        assert (found.rows[0].latency_ms, found.rows[0].scores) == (120.5, {"anna": {"clear": 3.5, "kind": 4.0}})
    if form.startswith("nan"):
        assert {(row.latency_ms, row.cost) for row in found.rows} == {(None, None)}
        assert found.unknown["latency_ms"] == 12


def test_labels_that_are_no_names_become_names_and_titles(read: Any, rows: Any, table: Any) -> None:
    """A path and a text; --rename gives another name, and an unknown label is a mistake."""
    paths = table([{**row, "prompt": f"prompts/{row['prompt']}.txt"} for row in rows])
    assert read(a_csv=paths).titles["north", "prompts-p1.txt"] == "prompts/p1.txt"
    named = read(a_csv=paths, labels={"prompt": {"prompts/p1.txt": "first"}, "model": {"north": "n"}})
    assert {(row.model, row.prompt) for row in named.rows} >= {("n", "first"), ("south", "prompts-p2.txt")}
    assert named.titles["n", "first"] == "north / prompts/p1.txt"
    assert ("south", "first") in named.titles
    with pytest.raises(AdoptRejected, match="no prompt of the file is called that"):
        read(a_csv=paths, labels={"prompt": {"p9": "x"}})


def test_a_column_that_is_the_same_for_all_is_set(read: Any, rows: Any, table: Any) -> None:
    """Without it the hint says how; beside a column of that name it is a mistake."""
    less = [{key: value for key, value in row.items() if key != "model"} for row in rows[:6]]
    with pytest.raises(AdoptRejected, match="--set model=NAME") as refused:
        read(a_csv=table(less))
    assert "1 problem:" in str(refused.value)
    assert {row.model for row in read(a_csv=table(less), sets={"model": "north"}).rows} == {"north"}
    with pytest.raises(AdoptRejected, match="the file has a column model"):
        read(a_csv=table(rows), sets={"model": "north"})
    blank = [{**row, "model": ""} for row in rows[:6]]
    assert {row.model for row in read(a_csv=table(blank), sets={"model": "north"}).rows} == {"north"}


def test_a_dotted_path_names_what_stands_inside(read: Any, rows: Any, table: Any, lines: Any) -> None:
    """In nested objects, in JSON within a cell, and in the list that a document holds its rows in."""
    nested = [{**{k: v for k, v in row.items() if k != "text"}, "results": {"output": row["text"]}} for row in rows]
    assert len(read(a_jsonl=lines(nested), renames={"results.output": "text"}).rows) == 12
    cells = [{**row, "results": json.dumps(row["results"])} for row in nested]
    found = read(a_csv=table(cells), renames={"results.output": "text"})
    assert found.rows[0].text == rows[0]["text"]
    assert found.ignored == []
    inside = [{**{k: v for k, v in row.items() if k != "text"}, "output": row["text"]} for row in rows]
    whole = json.dumps({"results": inside, "note": "x"})
    assert len(read(a_json=whole, renames={"results.output": "text"}).rows) == 12
    with pytest.raises(AdoptRejected, match=r"the file has no column results\.input"):
        read(a_jsonl=lines(nested), renames={"results.output": "text", "results.input": "scenario"})


def test_indices_are_given_in_the_order_of_the_rows(read: Any, rows: Any, table: Any) -> None:
    """Two tips of a scenario are 0 and 1; those that are given stay, and the free ones are filled."""
    twice = [{**row, "tip_index": ""} for row in [*rows, *({**row, "text": "Rest."} for row in rows)]]
    found = read(a_csv=table(twice)).rows
    assert [row.tip_index for row in found if row.scenario_id == "s1" and row.prompt == "p1"] == [0, 0, 1, 1]
    twice[0]["tip_index"] = "1"
    again = read(a_csv=table(twice)).rows
    own = [row for row in again if (row.model, row.prompt, row.scenario_id) == ("north", "p1", "s1")]
    assert [(row.tip_index, row.text) for row in own] == [(1, rows[0]["text"]), (0, "Rest.")]


def test_several_files_are_one_adoption(read: Any, rows: Any, table: Any, lines: Any) -> None:
    """A file a model, in forms of their own; what contradicts another file names it."""
    found = read(a_csv=table(rows[:6], ";"), b_jsonl=lines(rows[6:]))
    assert len({(row.model, row.prompt) for row in found.rows}) == 4
    assert [row.file for row in found.rows] == [0] * 6 + [1] * 6
    with pytest.raises(AdoptRejected, match=r"b.jsonl is not taken(.|\n)*stands on a.csv line 2 already"):
        read(a_csv=table(rows), b_jsonl=lines(rows[:1]))


UNIT = Rubric("unit", "1", Scale(0, 1), (Criterion("clear", "Clear"), Criterion("kind", "Kind")))


def test_booleans_are_one_and_zero_by_a_stated_rubric(read: Any, rows: Any, table: Any, lines: Any) -> None:
    """Of a scale from 0 to 1; by the default or on another scale they are refused."""
    scored = [{**row, "scores": {"anna": {"clear": True, "kind": False}}} for row in rows]
    assert read(UNIT, stated=True, a_jsonl=lines(scored)).rows[0].scores == {"anna": {"clear": 1.0, "kind": 0.0}}
    words = [{**row, "score.anna.clear": "TRUE", "score.anna.kind": "false"} for row in rows]
    assert read(UNIT, stated=True, a_csv=table(words)).rows[0].scores == {"anna": {"clear": 1.0, "kind": 0.0}}
    for rubric, stated in ((UNIT, False), (Rubric("tips", "1", Scale(1, 5), UNIT.criteria), True)):
        with pytest.raises(AdoptRejected, match="true and false count as 1 and 0 under a rubric"):
            read(rubric, stated=stated, a_jsonl=lines(scored))


def test_scores_may_be_json_in_a_cell(read: Any, rows: Any, table: Any) -> None:
    """Beside columns of single scores; words for nothing are no score."""
    cells = [{**row, "scores": json.dumps({"anna": {"clear": 3}}), "score.anna.kind": "2"} for row in rows]
    assert read(a_csv=table(cells)).rows[0].scores == {"anna": {"clear": 3.0, "kind": 2.0}}
    cells[0]["score.anna.kind"] = "NaN"
    found = read(a_csv=table(cells))
    assert (found.rows[0].scores, found.partial) == ({}, 1)
    with pytest.raises(AdoptRejected, match="scores is no object of the form"):
        read(a_csv=table([{**row, "scores": "{'anna': {'clear': 3}}"} for row in rows]))


def test_scores_that_can_never_count_are_refused(read: Any, rows: Any, lines: Any) -> None:
    """On other criteria, or on some of those that are needed and never on all: the rubric was forgotten."""
    other = [{**row, "scores": {"anna": {"help": 60, "tone": 70}}} for row in rows]
    with pytest.raises(
        AdoptRejected, match=r"scores.anna.help is no criterion of tips@1 \(clear, kind\); give"
    ) as refused:
        read(a_jsonl=lines(other))
    assert "2 problems" in str(refused.value)
    some = [{**row, "scores": {"anna": {"clear": 3}}} for row in rows]
    with pytest.raises(
        AdoptRejected, match=r"none of the 12 scored .* tips@1 needs clear, kind; give .* --rubric FILE"
    ):
        read(a_jsonl=lines(some))
    assert read(a_jsonl=lines([{**some[0], "scores": {"anna": {"clear": 3, "kind": 4}}}, *some[1:]])).partial == 11


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"tip_index": -1}, "tip_index is -1: give a whole number from 0"),
    ({"tip_index": "x"}, "tip_index is 'x', not a number"),
    ({"latency_ms": [1]}, "latency_ms is a list, not a number"),
    ({"cost": float("inf")}, "cost is inf, not a number"),
    ({"tokens_in": 2.5}, "tokens_in is 2.5: give a whole number"),
    ({"model": " "}, "model is empty"),
    ({"prompt": None}, "prompt is empty"),
    ({"scenario_id": "two\nlines"}, "scenario_id 'two\\nlines' is not a name"),
    ({"scenario": 3}, "scenario is 3: give a text or an object"),
    ({"text": {"content": "x"}}, "text is an object, not a text: name the text in it with --map text.PART=text"),
    ({"scores": {"anna": {"clear": 9, "kind": 1}}}, "scores.anna.clear is 9, outside 1 to 5"),
    ({"scores": {"anna": {"clear": "good", "kind": 1}}}, "scores.anna.clear is 'good', not a number"),
    ({"scores": {"an na": {"clear": 1, "kind": 1}}}, "judge 'an na' is no judge id"),
    ({"scores": {"anna": 3}}, "scores is no object of the form {judge: {criterion: number}}"),
]


@pytest.mark.parametrize(("change", "said"), WRONG, ids=[said[:24] for _, said in WRONG])
def test_a_wrong_value_is_named_in_words(read: Any, rows: Any, lines: Any, change: dict[str, Any], said: str) -> None:
    """With its line and column, and never in a decoder's words."""
    rows[4] |= change
    with pytest.raises(AdoptRejected) as refused:
        read(a_jsonl=lines(rows))
    assert f"  line 5: {said}" in str(refused.value)
    assert not any(word in str(refused.value) for word in ("Expected", "`", "$."))


def test_all_that_is_wrong_is_said_at_once(read: Any, rows: Any, lines: Any) -> None:
    """Rows and columns, the first hundred listed and all counted."""
    bad = [{**row, "scenario_id": f"x{n}", "tip_index": -1, "cost": "dear"} for n in range(5) for row in rows]
    with pytest.raises(AdoptRejected) as refused:
        read(a_jsonl=lines(bad))
    assert "120 problems" in str(refused.value)
    assert "… and 20 more" in str(refused.value)


HOSTILE = {
    "empty": b"",
    "no rows": b"model,prompt,scenario_id,scenario,text\n",
    "not UTF-8": b"model,prompt\n\xff\n",
    "an archive": b"PK\x03\x04\xff\xfe\x00\x01",
    "deep": b"[" * 100_000,
    "a number": b"[1, 2, 3]",
    "prose": b"Here is what we found, in short: nothing.\nAnd more.\n",
    "a long number": b'{"model": ' + b"9" * 5000 + b"}",
    "twice": b"model,model\na,b\n",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_no_file_of_outputs_is_refused(read: Any, kind: str) -> None:
    """In a few problems, whatever it is."""
    with pytest.raises(AdoptRejected) as refused:
        read(a_json=HOSTILE[kind])
    assert len(str(refused.value)) < 2000


def test_what_came_with_the_rows_is_counted(read: Any, rows: Any, lines: Any) -> None:
    """Columns that nothing reads, scores on failures, judges without scores."""
    for row in rows:
        row |= {"grade": 1, "scores": {"anna": {"clear": 3, "kind": 3}, "ben": None}}
    rows[0]["text"] = " "
    found = read(a_jsonl=lines(rows))
    assert found.ignored == ["grade"]
    assert found.on_failures == 1
    assert found.judges == {"anna": None, "ben": None}
    assert found.rows[0].text is None
