"""The importer: everything that is wrong with a file, by line, and both of its paths alike."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resources.judging.importer import Rejected, answers_in, read_line_by_line, read_quickly


def _read(bench: Any, path: Path, judge: str | None = None) -> Any:
    return answers_in(path.name, path.read_bytes(), items=bench.table(), rubric=bench.spec.rubric, judge=judge)


def _problems(bench: Any, path: Path, judge: str | None = None) -> list[tuple[int, str]]:
    with pytest.raises(Rejected) as caught:
        _read(bench, path, judge)
    return [(problem.line, problem.message) for problem in caught.value.problems]


def test_a_good_file_is_taken_with_its_judge(bench: Any, lines: Any) -> None:
    """All lines become rows with candidates, line numbers and the judge that the items say."""
    path = bench.drop("a.jsonl", lines(bench.answers(bench.export())))
    accepted = _read(bench, path)
    assert accepted.judge == "anna"
    assert accepted.table.num_rows == 16
    assert accepted.table["line"].to_pylist() == list(range(1, 17))
    assert len(set(accepted.table["candidate_id"].to_pylist())) == 16


CHANGES: list[tuple[Any, str]] = [
    (lambda a: a.update(item="unknown"), "no item of this experiment"),
    (lambda a: a["scores"].update(clear=6), "field 'scores.clear' is 6: give a number from 1 to 5"),
    (lambda a: a["scores"].update(clear=0.5), "field 'scores.clear' is 0.5: give a number from 1 to 5"),
    (lambda a: a["scores"].update(clear=True), "field 'scores.clear' is true: give a number from 1 to 5"),
    (lambda a: a["scores"].update(clear="3"), "field 'scores.clear' is the text \"3\": give a number from 1 to 5"),
    (lambda a: a["scores"].update(clear="4/5"), "field 'scores.clear' is the text \"4/5\": give a number from 1 to 5"),
    (lambda a: a["scores"].update(clear=None), "field 'scores.clear' is null: give a number from 1 to 5"),
    (lambda a: a["scores"].update(clear=[3]), "field 'scores.clear' is a list: give a number from 1 to 5"),
    (lambda a: a["scores"].pop("kind"), "field 'scores.kind' is missing: give a number from 1 to 5"),
    (lambda a: a["scores"].update(nice=3), "field 'scores.nice' is no criterion of tips@1, which has clear, kind"),
    (lambda a: a.update(scores=[3, 4]), "field 'scores' is a list"),
    (lambda a: a.update(comment=3), "field 'comment' is 3, not a text"),
    (lambda a: a.update(item=None), "field 'item' is null, not a text"),
    (lambda a: a.update(rubric="tips@2"), "'tips@1'"),
    (lambda a: a.pop("rubric"), "rubric"),
    (lambda a: a.pop("scores"), "either 'scores' or 'unscorable'"),
    (lambda a: a.update(unscorable="both"), "either 'scores' or 'unscorable'"),
    (lambda a: (a.pop("scores"), a.update(unscorable="  ")), "blank"),
    (lambda a: a.update(model="x"), "model"),
    (
        lambda a: a.update(winner="left"),
        "field 'winner' belongs to a comparison, and comparing two tips is not offered",
    ),
    (lambda a: (a.pop("scores"), a.update(pair=a.pop("item"), winner="tie")), "field 'pair' belongs to a comparison"),
    (lambda a: a.update(comment="x" * 10_001), "10000"),
]


@pytest.mark.parametrize(("change", "said"), CHANGES, ids=[f"{n}-{said[:12]}" for n, (_, said) in enumerate(CHANGES)])
def test_a_wrong_field_is_named_on_its_line(bench: Any, lines: Any, change: Any, said: str) -> None:
    """One bad answer refuses the file and stands alone in the list with its line."""
    answers = bench.answers(bench.export())
    change(answers[6])
    problems = _problems(bench, bench.drop("a.jsonl", lines(answers)))
    assert [line for line, _ in problems] == [7]
    assert said in problems[0][1]
    assert not any(word in problems[0][1] for word in ("Expected", "`", "$."))


def test_a_sheet_of_comparisons_is_refused_by_its_header(bench: Any) -> None:
    """In one problem that names the column; a column of that name beside those of ratings is one more, and ignored."""
    item = bench.answers(bench.export())[0]["item"]
    problems = _problems(bench, bench.drop("votes.csv", f"pair,rubric,winner\n{item},tips@1,left\n"))
    assert [line for line, _ in problems] == [1]
    assert problems[0][1].startswith("column 'pair' belongs to a comparison, and comparing two tips is not offered yet")
    wider = bench.drop("wider.csv", f"item,rubric,clear,kind,winner\n{item},tips@1,3,4,left\n")
    assert _read(bench, wider).task == "rating"


RAW: list[tuple[str, bytes, int, str]] = [
    ("not UTF-8", b'{"item": "\xff"}\n', 17, "UTF-8"),
    ("cut off", b'{"item": "x", "rub', 17, "cut off"),
    ("not JSON", b"hello\n", 17, "not JSON"),
    ("a list", b"[1]\n", 17, "object"),
    ("NaN", b'{"item": "x", "rubric": "tips@1", "scores": {"clear": NaN, "kind": 1}}\n', 17, "not JSON"),
    ("infinity", b'{"item": "x", "rubric": "tips@1", "scores": {"clear": 1e999, "kind": 1}}\n', 17, ""),
    ("deep", b"[" * 5000 + b"]" * 5000 + b"\n", 17, ""),
]


@pytest.mark.parametrize(("tail", "line", "said"), [entry[1:] for entry in RAW], ids=[entry[0] for entry in RAW])
def test_broken_bytes_are_named_on_their_line(bench: Any, lines: Any, tail: bytes, line: int, said: str) -> None:
    """Whatever stands after sixteen good lines is a problem of line 17."""
    data = lines(bench.answers(bench.export())).encode() + tail
    problems = _problems(bench, bench.drop("a.jsonl", data))
    assert problems[0][0] == line
    assert said in problems[0][1]


def test_duplicates_empties_and_mixed_judges(bench: Any, lines: Any) -> None:
    """An item twice names the first line; an empty file and two judges in one are refused; --judge must match."""
    answers = bench.answers(bench.export())
    twice = _problems(bench, bench.drop("a.jsonl", lines([*answers, answers[3]])))
    assert twice == [(17, f"field 'item': {answers[3]['item']!r} stands on line 4 already")]
    assert _problems(bench, bench.drop("b.jsonl", ""))[0][1] == "the file holds no answers"
    others = bench.answers(bench.export("bot"))
    assert (
        "is an item of another judge than anna"
        in _problems(bench, bench.drop("c.jsonl", lines(answers + others[:1])))[0][1]
    )
    assert len(_problems(bench, bench.drop("d.jsonl", lines(answers)), judge="bot")) == 16


def test_a_hundred_problems_are_listed_and_all_are_counted(bench: Any, lines: Any) -> None:
    """With 150 unknown items the list holds 100 and the total 150."""
    wrong = [{"item": f"x{n}", "rubric": "tips@1", "scores": {"clear": 1, "kind": 1}} for n in range(150)]
    with pytest.raises(Rejected) as caught:
        _read(bench, bench.drop("a.jsonl", lines(wrong)))
    assert (len(caught.value.problems), caught.value.total) == (100, 150)
    assert "and 50 more" in str(caught.value)


def test_marks_carriage_returns_and_blank_lines_are_no_problem(bench: Any, lines: Any) -> None:
    """A byte order mark, CRLF and empty lines are what editors leave behind."""
    text = lines(bench.answers(bench.export())).replace("\n", "\r\n\r\n")
    accepted = _read(bench, bench.drop("a.jsonl", b"\xef\xbb\xbf" + text.encode()))
    assert accepted.table.num_rows == 16
    assert accepted.table["line"].to_pylist()[:3] == [1, 3, 5]


def test_a_sheet_comes_back_as_spreadsheets_save_it(bench: Any) -> None:
    """Semicolons, decimal commas, a mark and extra columns are read; a wrong value names its line."""
    items = [item["item"] for item in bench.items(bench.export())]
    head = "item;rubric;clear;kind;comment;unscorable;situation;tip\n"
    rows = [f'{item};tips@1;3,5;4;"two\nlines";;"=x";y\n' for item in items[:15]] + [
        f"{items[15]};tips@1;;;;cut off;;\n"
    ]
    accepted = _read(bench, bench.drop("a.csv", b"\xef\xbb\xbf" + (head + "".join(rows)).encode()))
    assert accepted.table["score.clear"].to_pylist() == [3.5] * 15 + [None]
    assert accepted.table["unscorable"].to_pylist() == [None] * 15 + ["cut off"]
    wrong = head + f"{items[0]};tips@1;9;4;;;;\n" + f"{items[1]};tips@1;;;;;;\n"
    problems = _problems(bench, bench.drop("b.csv", wrong))
    assert problems == [(2, "column 'clear' is 9: give a number from 1 to 5")]
    twice = _problems(bench, bench.drop("d.csv", "item,rubric,clear,kind,clear\n"))
    assert "column clear stands twice" in twice[0][1]
    long = _problems(bench, bench.drop("e.csv", head + f"{items[0]};tips@1;3;4;;;y;z;more\n"))
    assert "9 values for 8 columns" in long[0][1]
    assert "no column kind" in _problems(bench, bench.drop("c.csv", "item,rubric,clear\n"))[0][1]
    misspelt = _problems(bench, bench.drop("f.csv", "item,rubric,cleer,kind\n"))
    assert "no column clear (is cleer meant?): the columns are item, rubric, clear" in misspelt[0][1]


VALUES = st.one_of(st.integers(0, 7), st.floats(0, 6), st.none(), st.booleans(), st.just("x"))


@pytest.fixture
def exported(bench: Any) -> tuple[Path, Any]:
    """An export's folder and the table of its items, which no example changes."""
    return bench.export(), bench.table()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80)
@given(data=st.data())
def test_the_fast_path_takes_what_the_careful_one_takes(
    bench: Any, exported: tuple[Path, Any], data: st.DataObject
) -> None:
    """On random files both agree: the same rows, or a refusal."""
    folder, items = exported
    answers = bench.answers(folder)
    for answer in data.draw(st.lists(st.sampled_from(answers), max_size=3)):
        kind = data.draw(st.integers(0, 3))
        if kind == 0 and "scores" in answer:
            answer["scores"]["clear"] = data.draw(VALUES)
        elif kind == 1:
            answer.pop("scores", None)
            answer["unscorable"] = data.draw(st.sampled_from(["cut", " ", None]))
        elif kind == 2:
            answer["item"] = data.draw(st.sampled_from([answers[0]["item"], "nobody"]))
        else:
            answer["comment"] = data.draw(st.one_of(st.text(max_size=5), st.none()))
    path = bench.drop("a.jsonl", "".join(json.dumps(answer) + "\n" for answer in answers))
    options = {"items": items, "rubric": bench.spec.rubric, "judge": None}
    matched = read_quickly(path.name, path.read_bytes(), **options)
    try:
        careful = read_line_by_line(path.name, path.read_bytes(), **options)
    except Rejected:
        assert matched is None
    else:
        assert matched is not None
        assert matched.table.equals(careful.table)
        assert matched.judge == careful.judge
