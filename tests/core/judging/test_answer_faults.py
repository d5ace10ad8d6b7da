import pytest

from core.judging.answer_faults import LONGEST_TEXT, Fault, allowed, shape_fault
from core.judging.rubric import Criterion, Rubric, Scale

RUBRIC = Rubric("tips", "1", Scale(0, 1), (Criterion("clear", "Clear"), Criterion("kind", "Kind")))
GOOD = {"item": "x", "rubric": "any", "scores": {"clear": 0, "kind": 1}, "comment": "fine"}


def test_what_has_the_shape_of_an_answer_has_no_fault() -> None:
    """Whatever rubric it states; scores may be missing or null."""
    assert shape_fault(GOOD, RUBRIC) is None
    assert shape_fault({"item": "x", "rubric": "any", "scores": None}, RUBRIC) is None
    assert allowed(RUBRIC, RUBRIC.names[0]) == "a number from 0 to 1"


CASES = [
    ([], (), "a list is no answer"),
    (3, (), "3 is no answer"),
    ({}, ("item",), "field 'item' is missing"),
    ({"item": "x"}, ("rubric",), "field 'rubric' is missing"),
    ({**GOOD, "scores": 3}, ("scores",), "field 'scores' is 3: write an object with a number for each of clear, kind"),
    ({**GOOD, "scores": {"clear": 1}}, ("scores", "kind"), "field 'scores.kind' is missing: give a number from 0 to 1"),
    ({**GOOD, "unscorable": True}, ("unscorable",), "field 'unscorable' is true, not a text"),
    ({**GOOD, "comment": "x" * (LONGEST_TEXT + 1)}, ("comment",), "field 'comment' has 10001 characters"),
]


@pytest.mark.parametrize(("answer", "path", "said"), CASES, ids=[said for _, _, said in CASES])
def test_the_first_fault_is_named(answer: object, path: tuple[str, ...], said: str) -> None:
    """Its field as a path, its value and what is allowed in words."""
    fault = shape_fault(answer, RUBRIC)
    assert isinstance(fault, Fault)
    assert fault.path == path
    assert fault.message.startswith(said)
