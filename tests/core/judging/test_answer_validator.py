from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.judging.answer_validator import AnswerShape, InvalidAnswer
from core.judging.rubric import Criterion, Rubric, Scale

RUBRIC = Rubric("tips", "1", Scale(1, 5), (Criterion("clear", "Clear"), Criterion("kind", "Kind")))
SHAPE = AnswerShape(RUBRIC)
GOOD = {"item": "x", "rubric": "tips@1", "scores": {"clear": 3, "kind": 4.5}}


def test_a_good_answer_becomes_a_record() -> None:
    """Scores as floats, or a reason."""
    assert SHAPE.answer(GOOD).scores.c1 == 4.5
    assert SHAPE.answer({"item": "x", "rubric": "tips@1", "unscorable": "cut"}).unscorable == "cut"


FAULTS: list[tuple[dict[str, Any], tuple[str, ...], str]] = [
    ({"rubric": "tips@2"}, ("rubric",), "judged by 'tips@1'"),
    ({"unscorable": "x"}, ("unscorable",), "either 'scores' or 'unscorable'"),
    ({"scores": None}, ("scores",), "either 'scores' or 'unscorable'"),
    ({"scores": None, "unscorable": " "}, ("unscorable",), "blank"),
    ({"scores": {"clear": 6, "kind": 3}}, ("scores", "clear"), "give a number from 1 to 5"),
    ({"more": 1}, ("more",), "unknown"),
]


@pytest.mark.parametrize(("change", "path", "said"), FAULTS, ids=[said for _, _, said in FAULTS])
def test_a_fault_names_its_field(change: dict[str, Any], path: tuple[str, ...], said: str) -> None:
    """As a path and in words."""
    with pytest.raises(InvalidAnswer) as caught:
        SHAPE.answer({**GOOD, **change})
    assert caught.value.fault.path == path
    assert said in caught.value.fault.message


ANY = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 9), st.floats(), st.text(max_size=3), st.just([]), st.just({})
)
SCORES = st.one_of(ANY, st.dictionaries(st.sampled_from(["clear", "kind", "nice"]), ANY, max_size=3))
ANSWERS = st.one_of(
    ANY,
    st.fixed_dictionaries(
        {},
        optional={
            "item": ANY,
            "rubric": st.just("tips@1"),
            "scores": SCORES,
            "unscorable": ANY,
            "comment": ANY,
            "x": ANY,
        },
    ),
)


@given(ANSWERS)
def test_every_refusal_is_in_words(answer: Any) -> None:
    """Whatever is refused, the message is ours and not the decoder's."""
    try:
        SHAPE.answer(answer)
    except InvalidAnswer as error:
        said = error.fault.message
    else:
        said = ""
        assert set(answer) <= {"item", "rubric", "scores", "unscorable", "comment"}
    assert not any(word in said for word in ("Expected", "Object ", "`", "$"))


def test_lines_take_what_an_answer_is() -> None:
    """Both ways of reading agree on a good line and on another rubric."""
    assert len(SHAPE.lines.decode_lines(msgspec.json.encode(GOOD) + b"\n")) == 1
    with pytest.raises(msgspec.ValidationError):
        SHAPE.lines.decode_lines(msgspec.json.encode({**GOOD, "rubric": "tips@2"}))


GATED = AnswerShape(
    Rubric("tips", "1", Scale(1, 5), (Criterion("clear", ""), Criterion("kept", "", scale="yes_no", gate=True)))
)


@given(st.sampled_from([True, False, 1, 0, 1.0, 0.0, "yes", "no", "Yes", "NO", "true", "FALSE"]))
def test_yes_and_no_are_one_and_zero_however_they_are_written(value: Any) -> None:
    """Whoever writes them; as 1 and 0 they are read in large pieces, too."""
    line = {"item": "x", "rubric": "tips@1", "scores": {"clear": 3, "kept": value}}
    number = int(value in (True, "yes", "Yes", "true"))
    assert GATED.answer(line).scores.c1 == number
    plain = {**line, "scores": {"clear": 3, "kept": number}}
    assert GATED.lines.decode_lines(msgspec.json.encode(plain))[0].scores.c1 == number


@given(ANY)
def test_what_is_neither_yes_nor_no_is_refused_in_words(value: Any) -> None:
    """A number on the rubric's scale, too; never taken for the nearer one."""
    line = {"item": "x", "rubric": "tips@1", "scores": {"clear": 3, "kept": value}}
    if value in (0, 1) or (isinstance(value, str) and value.lower() in {"yes", "no"}):
        return
    with pytest.raises(InvalidAnswer, match=r"field 'scores\.kept' is .*: give 1 for yes or 0 for no"):
        GATED.answer(line)
