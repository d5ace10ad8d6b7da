"""What is still to be requested of an item, and how several answers become one."""

import msgspec
import pytest

from core.benchmark.model import Model
from core.judging.judge_entry import JudgeEntry
from core.judging.model_judges.definition import JudgeDefinition
from core.judging.model_judges.prompt import ShownItem, parts_of
from core.judging.model_judges.reading import NoScore, Reading
from core.judging.model_judges.standing import ATTEMPTS, folded, standing_of
from core.judging.rubric import Criterion, Rubric, Scale

RUBRIC = Rubric("tips", "1", Scale(1, 5), (Criterion("clear", "C"), Criterion("limits", "L", scale="yes_no")))
ENTRY = JudgeEntry("luna", "model", model="m", prompt="{tip}")
ITEM = ShownItem("s", "", "", "Rest.")
Outcomes = dict[str, Reading | NoScore]


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
