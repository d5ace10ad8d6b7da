from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.judging.answer_validator import AnswerShape, InvalidAnswer
from core.judging.answers import Answer, Comparison, Rating, line_of, task_of
from core.judging.rubric import Criterion, Rubric, Scale

RUBRIC = Rubric("tips", "1", Scale(1, 5), (Criterion("clear", "Clear"), Criterion("kind", "Kind")))
SHAPE = AnswerShape(RUBRIC)
TEXTS = st.text(min_size=1, max_size=20)
VALUES = st.integers(1, 5) | st.floats(1, 5)
COMMENTS = st.none() | st.text(max_size=20)
SCORED = st.builds(
    Rating,
    item=TEXTS,
    rubric=st.just(RUBRIC.ref),
    scores=st.fixed_dictionaries({"clear": VALUES, "kind": VALUES}),
    comment=COMMENTS,
)
UNSCORABLE = st.builds(
    Rating, item=TEXTS, rubric=st.just(RUBRIC.ref), unscorable=TEXTS.filter(str.strip), comment=COMMENTS
)
RATINGS = SCORED | UNSCORABLE
COMPARISONS = st.builds(
    Comparison, pair=TEXTS, rubric=TEXTS, winner=st.sampled_from(["left", "right", "tie", "both_bad"])
)


@given(RATINGS | COMPARISONS)
def test_an_answer_comes_back_as_what_it_was(answer: Rating | Comparison) -> None:
    """Through JSON by its tag, which says the task; through its line, which has no tag, as that task's answer."""
    assert msgspec.json.decode(msgspec.json.encode(answer), type=Answer) == answer
    line = line_of(answer)
    assert "task" not in line
    assert msgspec.json.decode(msgspec.json.encode(line), type=type(answer)) == answer
    assert task_of(answer) == ("rating" if isinstance(answer, Rating) else "comparison")


@given(RATINGS)
def test_the_line_of_a_rating_is_what_the_validator_takes(answer: Rating) -> None:
    """Nothing that is stored of a page is refused as a file; whole numbers stay whole."""
    line: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(line_of(answer)))
    assert SHAPE.answer(line).item == answer.item
    assert line.get("scores") == answer.scores
    assert [*map(type, (line.get("scores") or {}).values())] == [*map(type, (answer.scores or {}).values())]


@given(COMPARISONS)
def test_the_line_of_a_comparison_is_refused_where_tips_are_rated(answer: Comparison) -> None:
    """In one sentence that names the field, says what is not offered, and what an answer has."""
    assert line_of(answer).keys() == {"pair", "rubric", "winner"}
    with pytest.raises(InvalidAnswer, match="comparing two tips is not offered yet: judges rate one tip") as raised:
        SHAPE.answer(line_of(answer))
    assert raised.value.path == ("pair",)


@given(SCORED, st.sampled_from(["left", "right", "tie", "both_bad"]))
def test_a_rating_with_a_winner_is_neither(answer: Rating, winner: str) -> None:
    """The field that is too many is named."""
    with pytest.raises(InvalidAnswer, match="field 'winner' belongs to a comparison") as raised:
        SHAPE.answer({**line_of(answer), "winner": winner})
    assert raised.value.path == ("winner",)
