"""The registry of judges of kind program."""

from collections.abc import Mapping
from typing import Any

import pytest

from core.judging.heuristics import heuristic_scores
from core.judging.programs import PROGRAMS, ProgramJudge, program_scores
from core.judging.rubric import Criterion, Rubric, Scale

RUBRIC = Rubric("r", "1", Scale(1, 5), (Criterion("clear", "x"), Criterion("kind", "y")))


def _register(monkeypatch: pytest.MonkeyPatch, scores: Mapping[str, float]) -> None:
    def judge(tip: str, scenario: Mapping[str, Any], rubric: Rubric) -> Mapping[str, float]:  # noqa: ARG001  # constant
        return scores

    monkeypatch.setitem(PROGRAMS, "constant", ProgramJudge(judge, "it says the same of everything"))


def test_the_first_entry_is_heuristics() -> None:
    """It gives what the function gives, in the rubric's order."""
    data = {"situation": "A long day."}
    found = program_scores("heuristics", "Take a walk at noon.", data, RUBRIC)
    assert found == heuristic_scores("Take a walk at noon.", data, RUBRIC)
    assert list(found) == ["clear", "kind"]


def test_an_entry_is_all_that_a_program_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A registered function judges, whatever the order of its scores."""
    _register(monkeypatch, {"kind": 5, "clear": 1})
    assert program_scores("constant", "x", {}, RUBRIC) == {"clear": 1.0, "kind": 5.0}


@pytest.mark.parametrize("scores", [{"clear": 1}, {"clear": 1, "kind": 6}, {"clear": 1, "kind": float("nan")}, {}])
def test_scores_that_do_not_fit_the_rubric_are_a_defect(
    monkeypatch: pytest.MonkeyPatch, scores: Mapping[str, float]
) -> None:
    """A missing criterion, a value off the scale and one that is no number are named with program and rubric."""
    _register(monkeypatch, scores)
    with pytest.raises(ValueError, match=r"the program constant gave .* does not fit the rubric r@1"):
        program_scores("constant", "x", {}, RUBRIC)
