"""Criteria of yes or no, and gates, in what judges get and give: folders, files, pages, programs."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from contracts.judging import GivenAnswer
from contracts.paging import PageRequest
from contracts.refusals import InvalidInput
from core.judging.heuristics import heuristic_scores
from core.judging.programs import program_scores
from core.judging.rubric import Criterion, Rubric, Scale
from resources.home import Home
from resources.judging.export_files import Folder, example_scores, instructions, schema
from resources.judging.importer import Rejected, answers_in
from resources.judging.scores import Scores
from tests.resources.judging.experiment import NAME, Bench, judged_experiment
from tests.resources.judging.rounds.rounds_setup import ANNA, open_rounds

RUBRIC = Rubric(
    "tips",
    "1",
    Scale(1, 5),
    (
        Criterion("clear", "Clear"),
        Criterion("step", "Names a step", scale="yes_no", anchors={"yes": "One can start"}),
        Criterion("limits", "Keeps the limits", scale="yes_no", gate=True),
    ),
)


@pytest.fixture
def gated(bench: Bench) -> Bench:
    """The experiment under a rubric with a yes or no and a gate."""
    bench.spec = msgspec.structs.replace(bench.spec, rubric=RUBRIC)
    return bench


def _given(item: str, step: float) -> GivenAnswer:
    return GivenAnswer(item=item, scores={"clear": 3.0, "step": step, "limits": 0.0})


def _read(bench: Bench, name: str, text: str) -> Any:
    return answers_in(name, text if isinstance(text, bytes) else text.encode(), items=bench.table(), rubric=RUBRIC)


def _lines(folder: Path, bench: Bench, step: Any, limits: Any) -> list[dict[str, Any]]:
    scores = {"clear": 3.5, "step": step, "limits": limits}
    return [{"item": item["item"], "rubric": "tips@1", "scores": dict(scores)} for item in bench.items(folder)]


def test_the_folder_asks_for_yes_or_no(gated: Bench, tmp_path: Path) -> None:
    """In the schema as one of two numbers, in the instructions in words, in the example by an answer that is one."""
    properties = schema(RUBRIC)["properties"]["scores"]["properties"]
    assert properties["step"] == properties["limits"] == {"enum": [0, 1]}
    assert properties["clear"] == {"type": "number", "minimum": 1, "maximum": 5}
    text = instructions(Folder(tmp_path / "001", gated.spec, "anna", "human"), 3)
    assert "But one of yes or no gets 1 for yes or 0 for no." in text
    assert "- **step** (yes or no, weight 1): Names a step\n  - yes: One can start" in text
    assert "- **limits** (yes or no, a condition apart from the score): Keeps the limits" in text
    assert "@" not in text.replace("tips@1", "")
    assert example_scores(RUBRIC) == {"clear": 4, "step": 0, "limits": 1}
    shown = json.loads((gated.export() / "rubric.json").read_text("utf-8"))
    assert [criterion.get("scale") for criterion in shown["criteria"]] == [None, "yes_no", "yes_no"]
    assert [criterion.get("gate") for criterion in shown["criteria"]] == [None, None, True]


@pytest.mark.parametrize(("yes", "no"), [(1, 0), (True, False), ("yes", "no"), ("Yes", "FALSE"), (1.0, 0.0)])
def test_a_file_may_write_them_in_their_forms(gated: Bench, lines: Any, yes: Any, no: Any) -> None:
    """In JSON and in a sheet alike; what is stored is 1 and 0."""
    answers = _lines(gated.export(), gated, yes, no)
    sheet = "".join(f"{answer['item']};tips@1;3,5;{yes};{no}\n" for answer in answers)
    for table in (
        _read(gated, "a.jsonl", lines(answers)).table,
        _read(gated, "a.csv", f"item;rubric;clear;step;limits\n{sheet}").table,
    ):
        assert set(table["score.step"].to_pylist()) == {1.0}
        assert set(table["score.limits"].to_pylist()) == {0.0}


@pytest.mark.parametrize(("value", "said"), [(3, "is 3"), (0.5, "is 0.5"), ("maybe", "is "), ("1/2", "is ")])
def test_anything_else_is_refused_by_line_and_field(gated: Bench, lines: Any, value: Any, said: str) -> None:
    """A value of the rubric's scale, too; and a judge leaves no gate out."""
    answers = _lines(gated.export(), gated, 1, 1)
    answers[4]["scores"]["step"] = value
    answers[6]["scores"].pop("limits")
    with pytest.raises(Rejected) as caught:
        _read(gated, "a.jsonl", lines(answers))
    first, second = caught.value.problems
    assert (first.line, second.line) == (5, 7)
    assert f"field 'scores.step' {said}" in first.message
    assert "give 1 for yes or 0 for no" in first.message
    assert second.message == "field 'scores.limits' is missing: give 1 for yes or 0 for no"
    with pytest.raises(Rejected, match=r"column 'step' is .*give 1 for yes or 0 for no"):
        _read(gated, "a.csv", f"item;rubric;clear;step;limits\n{answers[0]['item']};tips@1;3;{value};1\n")


def test_the_program_judge_leaves_gates_out(gated: Bench) -> None:
    """And answers yes or no where that counts in the score; the rubric is met."""
    for tip in ("Walk ten minutes at noon.", "Perhaps maybe."):
        found = program_scores("heuristics", tip, {"situation": "x"}, gated.spec.rubric)
        assert found == heuristic_scores(tip, {"situation": "x"}, RUBRIC)
        assert [*found] == ["clear", "step"]
        assert found["step"] in (0, 1)


def test_a_page_knows_what_to_ask_and_its_answers_are_published(tmp_path: Path, database_url: str) -> None:
    """The round has the rubric; an answer of the page comes to the scores as 1 and 0, and half a yes is refused."""
    bench = judged_experiment(Home(tmp_path / "home"))
    bench.spec = msgspec.structs.replace(bench.spec, rubric=RUBRIC)
    for setup in open_rounds(bench, database_url):
        round_id = setup.open()
        assert setup.rounds.round(round_id, ANNA).rubric == RUBRIC
        item = setup.rounds.items(round_id, PageRequest(first=1), ANNA).rows[0].item
        with pytest.raises(InvalidInput) as raised:
            setup.rounds.submit(round_id, _given(item, 0.5), ANNA)
        assert raised.value.path == ("scores", "step")
        setup.rounds.submit(round_id, _given(item, 1.0), ANNA)
        assert len(setup.publish().accepted) == 1
        row = Scores(bench.home, NAME, RUBRIC).current().to_pylist()[0]
        assert (row["score.clear"], row["score.step"], row["score.limits"]) == (3.0, 1.0, 0.0)
