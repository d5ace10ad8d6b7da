"""What is still to be requested of an item, and how several answers become one."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from core.benchmark.model import Model
from core.judging.judge_entry import JudgeEntry
from core.judging.model_judges.definition import JudgeDefinition
from core.judging.model_judges.prompt import ShownItem, parts_of
from core.judging.model_judges.reading import AnswerReader, NoScore, Reading
from core.judging.model_judges.standing import ATTEMPTS, folded, standing_of
from core.judging.rubric import Criterion, Rubric, Scale, composite

RUBRIC = Rubric("tips", "1", Scale(1, 5), (Criterion("clear", "C"), Criterion("limits", "L", scale="yes_no")))
ENTRY = JudgeEntry("luna", "model", model="m", prompt="{tip}")
ITEM = ShownItem("s", "", "", "Rest.")
Outcomes = dict[str, Reading | NoScore]
PROMPTFOO: dict[str, Any] = json.loads(
    (Path(__file__).parents[3] / "golden" / "judging" / "llm_rubric.json").read_text("utf-8")
)
GUESSED = {  # what promptfoo makes of answers that are no score here: 1 for a pass, the first of several, off the scale
    "out of ten": 1,
    "word": 1,
    "no number": 1,
    "above the scale": 7,
    "below the scale": 0,
    "objects that differ": 4,
    "cut off": 0,
    "prose alone": 0,
    "refusal": 0,
}
READ_OTHERWISE = {"out of the high": (4, 1), "another in the reasoning": (4, 1)}
"""The value here, and promptfoo's: 1 for a pass where a number is none to it, and an object of the reasoning."""


def definition(asks: int = 1, criteria: str = "together") -> JudgeDefinition:
    """A judge that is asked so often, about all criteria together or each alone."""
    return JudgeDefinition(msgspec.structs.replace(ENTRY, asks=asks, criteria=criteria), Model("m", "openai"))


def reading(clear: float, limits: float = 1.0, said: str | None = None) -> Reading:
    """An answer with these values."""
    return Reading({"clear": clear, "limits": limits}, comment=said)


def test_an_item_is_requested_until_it_has_an_answer() -> None:
    """What is no score is due again under another key, up to the last attempt; then nothing is, and why is said."""
    luna, came = definition(), Outcomes()
    for _ in range(ATTEMPTS):
        standing = standing_of(ITEM, parts_of(RUBRIC, luna), luna, lambda key, _: came.get(key))
        assert len(standing.due) == 1
        assert standing.due[0].key not in came
        came[standing.due[0].key] = NoScore("prose alone")
    ended = standing_of(ITEM, parts_of(RUBRIC, luna), luna, lambda key, _: came.get(key))
    assert (ended.due, ended.reading, ended.why) == ([], None, "prose alone")
    last = [key for key, _ in ended.keys][-1]
    assert standing_of(ITEM, [RUBRIC], luna, lambda key, _: {**came, last: reading(4)}.get(key)).reading == reading(4)


def test_what_was_accepted_as_failed_is_not_requested_again() -> None:
    """However few attempts there were."""
    luna = definition()
    ended = standing_of(ITEM, [RUBRIC], luna, lambda *_: NoScore("accepted as failed", is_last=True))
    assert (ended.due, ended.why) == ([], "accepted as failed")
    assert len(ended.keys) == 1


def test_answers_and_criteria_are_requested_side_by_side() -> None:
    """Three answers to each of two criteria are six requests; an item with one that stays without has no score."""
    luna = definition(asks=3, criteria="single")
    parts = parts_of(RUBRIC, luna)
    first = standing_of(ITEM, parts, luna, lambda *_: None)
    assert len({key for key, _ in first.due}) == 6

    def look(key: str, part: int) -> Reading | NoScore:
        if key == first.due[0].key or part == 0:
            return NoScore("no")
        return Reading({"limits": 1.0})

    assert standing_of(ITEM, parts, luna, look).reading is None

    def whole(_: str, part: int) -> Reading:
        return Reading({"limits": 1.0}, comment="kept") if part else Reading({"clear": 3.0}, comment="so so")

    found = standing_of(ITEM, parts, luna, whole).reading
    assert found == Reading({"clear": 3.0, "limits": 1.0}, comment="clear: so so; limits: kept")


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([reading(2, said="a")], reading(2, said="a")),
        ([reading(2, 1, "a"), reading(4, 0, "b"), reading(3, 1)], reading(3, 1, "a")),
        ([reading(2, 1), reading(4, 0)], reading(3, 0)),
        ([Reading(unscorable="x"), reading(4), reading(2)], reading(3)),
        ([reading(4), Reading(unscorable="x"), Reading(unscorable="y")], Reading(unscorable="x")),
    ],
)
def test_several_answers_become_one(answers: list[Reading], expected: Reading) -> None:
    """The mean of a criterion, of yes or no what most say, a tie is no; unscorable is what more than half say."""
    assert folded(answers, ["limits"]) == expected


def test_scores_are_those_of_promptfoo_where_it_reads_the_answer() -> None:
    """Each criterion and the weighted mean of llm-rubric, of the same answers; where it guesses there is no score."""
    criteria = tuple(Criterion(name, name, weight=weight) for name, weight in PROMPTFOO["weights"].items())
    rubric, judge = Rubric("tips", "1", Scale(1, 5), criteria), definition(criteria="single")
    parts, guessed, otherwise = parts_of(rubric, judge), dict[str, float](), dict[str, tuple[float, float]]()
    readers = [AnswerReader(part, (("<think>", "</think>"),)) for part in parts]
    for form, tip in PROMPTFOO["tips"].items():

        def look(_: str, part: int, raw: dict[str, str] = tip["raw"]) -> Reading | NoScore:
            return readers[part].read(raw[parts[part].names[0]])

        found = standing_of(msgspec.structs.replace(ITEM, tip=tip["tip"]), parts, judge, look).reading
        theirs = {name: part["score"] for name, part in tip["parts"].items()}
        if found is None:
            guessed[form] = theirs["clear"]
        elif found.scores != theirs:
            otherwise[form] = (found.scores or {})["clear"], theirs["clear"]
        else:
            assert composite(found.scores, rubric) == pytest.approx(tip["score"], abs=1e-12), form
    assert (guessed, otherwise) == (GUESSED, READ_OTHERWISE)
    assert len(PROMPTFOO["tips"]) - len(guessed) - len(otherwise) == 9
