"""What of a model's answer is a score, and what is none."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.judging.model_judges.reading import LONGEST, AnswerReader, NoScore, Reading
from core.judging.rubric import Criterion, Rubric, Scale

RUBRIC = Rubric("tips", "1", Scale(1, 5), (Criterion("clear", "Clear"), Criterion("limits", "Kept", scale="yes_no")))
READER = AnswerReader(RUBRIC, (("<think>", "</think>"),))
GOOD = {"reason": "Short.", "scores": {"clear": 4, "limits": 1}}
FOUR = Reading({"clear": 4.0, "limits": 1.0}, comment="Short.")


def answer(**scores: Any) -> str:
    """An answer with these scores beside or instead of the usual ones."""
    return json.dumps({"reason": "Short.", "scores": {**GOOD["scores"], **scores}})  # type: ignore[dict-item]  # a dict


TAKEN = {
    "plain": json.dumps(GOOD),
    "fence": f"```json\n{json.dumps(GOOD, indent=1)}\n```",
    "prose around": f"Here is {{my}} view.\n{json.dumps(GOOD)}\nThat is all.",
    "a number as text": answer(clear="4"),
    "out of the high": answer(clear="4/5"),
    "out of the high with blanks": answer(clear=" 4.0 / 5 "),
    "yes as a word": answer(limits="Yes"),
    "yes as true": answer(limits=True),
    "the same twice": f"{json.dumps(GOOD)}\n{json.dumps(GOOD)}",
    "reasoning before": f'<think>{{"scores": {{"clear": 1}}}} no, better</think>{json.dumps(GOOD)}',
    "reasoning whose opening is cut": f"so it is fine</think>{json.dumps(GOOD)}",
    "comment for reason": json.dumps({"comment": "Short.", "scores": GOOD["scores"]}),
    "nothing for unscorable": json.dumps({**GOOD, "unscorable": ""}),
    "more fields": json.dumps({**GOOD, "overall": 3}),
}
NONE = {
    "nothing": "",
    "prose alone": "This tip is good, I give it 4 out of 5.",
    "a refusal": "I cannot judge advice about health.",
    "a criterion missing": json.dumps({"scores": {"clear": 4}}),
    "another criterion": answer(overall=4),
    "above the scale": answer(clear=6),
    "below the scale": answer(clear=0),
    "out of ten": answer(clear="4/10"),
    "out of the high for yes or no": answer(limits="4/5"),
    "a word": answer(clear="good"),
    "null": answer(clear=None),
    "true for a number": answer(clear=True),
    "a list": answer(clear=[4]),
    "two yes": answer(limits=2),
    "half a yes": answer(limits=0.5),
    "not a number": '{"scores": {"clear": NaN, "limits": 1}}',
    "beyond all numbers": '{"scores": {"clear": 1e999, "limits": 1}}',
    "objects that differ": f"{json.dumps(GOOD)} or {answer(clear=2)}",
    "a value twice": '{"scores": {"clear": 5, "clear": 1, "limits": 1}}',
    "cut off": json.dumps(GOOD)[:-2],
    "whole within one that is cut off": f'{{"example": {json.dumps(GOOD)}, "scores": {{"clear": 1, "lim',
    "scores within another object": json.dumps({"answer": GOOD}),
    "no scores": json.dumps({"reason": "fine"}),
    "scores as a list": json.dumps({"scores": [4, 1]}),
    "scores and unscorable": json.dumps({**GOOD, "unscorable": "why"}),
    "unscorable without a reason": '{"unscorable": " "}',
    "unscorable as true": '{"unscorable": true}',
    "all of it reasoning": f"<think>{json.dumps(GOOD)}",
    "too deep": '{"a":' * 5_000 + "1" + "}" * 5_000,
    "too long": " " * LONGEST + json.dumps(GOOD),
    "very many objects": "{} " * 50 + json.dumps(GOOD),
}


@pytest.mark.parametrize("raw", TAKEN.values(), ids=TAKEN)
def test_these_forms_are_taken(raw: str) -> None:
    """With the values that the model gave, and its reason as the comment."""
    assert READER.read(raw) == FOUR


@pytest.mark.parametrize("raw", NONE.values(), ids=NONE)
def test_these_forms_are_no_score(raw: str) -> None:
    """Each with a reason in words: never the lowest mark, a value moved onto the scale, or a mean of fewer criteria."""
    found = READER.read(raw)
    assert isinstance(found, NoScore)
    assert found.why


def test_unscorable_with_a_reason_is_an_answer() -> None:
    """It is no score, and nothing to request again."""
    found = READER.read('{"reason": "It is Greek.", "unscorable": "a language that I cannot read"}')
    assert found == Reading(unscorable="a language that I cannot read", comment="It is Greek.")


def test_nothing_at_all_is_no_score() -> None:
    """A server that gives no text gave no answer."""
    assert READER.read(None) == NoScore("there is no answer")


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-9, 99), st.floats(), st.text(max_size=8), st.sampled_from(["4/5", "4/10"])
)


@given(scores=st.dictionaries(st.sampled_from(["clear", "limits", "other"]), VALUES), around=st.text(max_size=30))
def test_what_is_taken_is_whole_and_on_the_scale(scores: dict[str, Any], around: str) -> None:
    """Whatever a model writes: every criterion has a value that fits it, equal to what was written, or none has."""
    found = READER.read(f"{around}{json.dumps({'scores': scores})}")
    if isinstance(found, Reading) and found.scores is not None:
        assert set(found.scores) == set(RUBRIC.names) == set(scores)
        assert 1 <= found.scores["clear"] <= 5
        assert found.scores["limits"] in {0, 1}
        written = scores["clear"]
        assert float(str(written).partition("/")[0]) == found.scores["clear"]


@given(st.text(alphabet='{}"scoreslear: ,14/5<think>', max_size=200))
def test_any_text_ends_in_one_of_both(raw: str) -> None:
    """Nothing is raised for a text that is made of the pieces of an answer."""
    assert isinstance(READER.read(raw), Reading | NoScore)


def test_half_a_character_in_an_answer_is_shown_as_unknown() -> None:
    """JSON may escape it alone, and no file could hold it: in the reason, in why a tip is unscorable, in a fault."""
    said = READER.read(json.dumps({**GOOD, "reason": "Cut \ud83d"}))
    assert said == Reading({"clear": 4.0, "limits": 1.0}, comment="Cut \ufffd")
    assert READER.read(json.dumps({"unscorable": "\ud83d"})) == Reading(unscorable="\ufffd")
    assert READER.read(json.dumps({**GOOD, "reason": "\U0001f600"})) == Reading(
        {"clear": 4.0, "limits": 1.0}, comment="\U0001f600"
    )
    for odd in (answer(**{"\udc00": 4}), answer(clear=["\udc00"])):
        fault = READER.read(odd)
        assert isinstance(fault, NoScore)
        fault.why.encode()
