"""A gate that only items are asked whose scenario has must_not, in what judges get and give: folders, files, pages."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from contracts.judging import GivenAnswer
from contracts.paging import PageRequest
from contracts.refusals import InvalidInput
from core.judging.rubric import Criterion, Rubric, Scale
from resources.home import Home
from resources.judging.export_files import Folder, instructions, schema
from resources.judging.importer import Rejected, answers_in, read_quickly
from resources.judging.items import answerable_items
from resources.judging.scores import Scores
from tests.resources.judging.experiment import NAME, Bench, judged_experiment
from tests.resources.judging.rounds.rounds_setup import ANNA, open_rounds

LIMITS = Criterion("limits", "Keeps the limits", scale="yes_no", gate=True, needs="must_not")
RUBRIC = Rubric("tips", "1", Scale(1, 5), (LIMITS, Criterion("clear", "Clear")))
SAID = "has no answer: give 1 for yes or 0 for no, for this item's scenario says under must_not what must not be said"


def _conditional(bench: Bench) -> Bench:
    """Scenarios of even number say what must not be said, the others say it in no words."""
    scenarios = tuple(
        msgspec.structs.replace(scenario, data={**scenario.data, "must_not": ["\u200b ", ""] if n % 2 else ["pills"]})
        for n, scenario in enumerate(bench.spec.scenarios)
    )
    bench.spec = msgspec.structs.replace(bench.spec, rubric=RUBRIC, scenarios=scenarios)
    return bench


@pytest.fixture
def conditional(bench: Bench) -> Bench:
    """The experiment under a rubric with a gate that half of its items are asked."""
    return _conditional(bench)


def _limited(item: dict[str, Any]) -> bool:
    return bool(item["scenario"]["must_not"] == ["pills"])


def _lines(bench: Bench) -> list[dict[str, Any]]:
    """Answers with a no where it is asked and nothing elsewhere."""
    return [
        {"item": item["item"], "rubric": "tips@1", "scores": {"clear": 4, **({"limits": 0} if _limited(item) else {})}}
        for item in bench.items(bench.export())
    ]


def _read(bench: Bench, name: str, data: str | bytes) -> Any:
    data = data if isinstance(data, bytes) else data.encode()
    return answers_in(name, data, items=answerable_items(bench.home, bench.spec), rubric=RUBRIC)


def test_the_folder_says_where_it_is_asked(conditional: Bench, tmp_path: Path) -> None:
    """The schema cannot tell items apart and lets it be left out or null; the instructions say when."""
    scores = schema(RUBRIC)["properties"]["scores"]
    assert scores["required"] == ["clear"]
    assert scores["properties"]["limits"] == {"enum": [0, 1, None]}
    text = instructions(Folder(tmp_path / "001", conditional.spec, "anna", "human"), 3)
    said = "a condition apart from the score; asked where the scenario has `must_not`, elsewhere leave it out"
    assert f"- **limits** (yes or no, {said}): Keeps the limits" in text


def test_it_may_be_left_out_where_it_is_not_asked(conditional: Bench, lines: Any) -> None:
    """In JSON, read as columns or line by line, and in a sheet; null where it is, never nan."""
    answers = _lines(conditional)
    quick = read_quickly(
        "a.jsonl",
        lines(answers).encode(),
        items=answerable_items(conditional.home, conditional.spec),
        rubric=RUBRIC,
        judge=None,
    )
    sheet = "".join(f"{each['item']};tips@1;4;{each['scores'].get('limits', '')}\n" for each in answers)
    nulls = [{**each, "scores": {"limits": None, **each["scores"]}} for each in answers]
    assert quick is not None
    for table in (
        quick.table,
        _read(conditional, "a.jsonl", "\n" + lines(nulls)).table,
        _read(conditional, "a.csv", f"item;rubric;clear;limits\n{sheet}").table,
    ):
        assert sorted(map(str, table["score.limits"].to_pylist())) == ["0.0"] * 8 + ["None"] * 8
        assert table["score.clear"].to_pylist() == [4.0] * 16


def test_a_column_may_be_missing_where_no_item_of_a_sheet_is_asked(conditional: Bench) -> None:
    """And is missed, line by line, where one is."""
    items = conditional.items(conditional.export())
    rows = {
        limited: [f"{each['item']};tips@1;4" for each in items if _limited(each) is limited]
        for limited in (True, False)
    }
    taken = _read(conditional, "a.csv", "\n".join(["item;rubric;clear", *rows[False]]))
    assert taken.table["score.limits"].null_count == 8
    with pytest.raises(Rejected, match="8 problems") as caught:
        _read(conditional, "a.csv", "\n".join(["item;rubric;clear", *rows[True]]))
    assert caught.value.problems[0].message == f"column 'limits' {SAID}"


@pytest.mark.parametrize("left_out", [{}, {"limits": None}], ids=["missing", "null"])
def test_it_is_missed_where_it_is_asked(conditional: Bench, lines: Any, left_out: dict[str, Any]) -> None:
    """In a sentence with line and field, and nothing of the file is taken; an unscorable answer needs nothing."""
    answers = _lines(conditional)
    first, second = [n for n, each in enumerate(answers) if "limits" in each["scores"]][:2]
    answers[first]["scores"] = {"clear": 4, **left_out}
    answers[second] = {"item": answers[second]["item"], "rubric": "tips@1", "unscorable": "cut off"}
    with pytest.raises(Rejected) as caught:
        _read(conditional, "a.jsonl", lines(answers))
    assert [(each.line, each.message) for each in caught.value.problems] == [
        (first + 1, f"field 'scores.limits' {SAID}")
    ]


def test_a_page_asks_it_of_the_items_that_need_it(tmp_path: Path, database_url: str) -> None:
    """Without a value an answer is refused there and taken elsewhere; what was taken comes to the scores."""
    bench = _conditional(judged_experiment(Home(tmp_path / "home")))
    for setup in open_rounds(bench, database_url):
        round_id = setup.open()
        rows = setup.rounds.items(round_id, PageRequest(first=100), ANNA).rows
        for row in rows:
            limited = _limited({"scenario": row.scenario})
            if limited:
                with pytest.raises(InvalidInput, match="says under must_not") as raised:
                    setup.rounds.submit(round_id, GivenAnswer(item=row.item, scores={"clear": 3.0}), ANNA)
                assert raised.value.path == ("scores", "limits")
            given = {"clear": 3.0, "limits": 1.0} if limited else {"clear": 3.0}
            setup.rounds.submit(round_id, GivenAnswer(item=row.item, scores=given), ANNA)
        assert len(setup.publish().accepted) == 1
        values = Scores(bench.home, NAME, RUBRIC).current()["score.limits"].to_pylist()
        assert (values.count(1.0), values.count(None)) == (8, 8)
