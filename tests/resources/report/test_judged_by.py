"""Who judged, in a sentence: only who was handed tips here is called blind."""

import pytest

from core.benchmark.records import JudgeKind
from resources.report.data import Origins
from resources.report.judged_by import adopted_sentence, judged_by
from tests.resources.report.inputs import report_row

UNKNOWN = "came with the adopted outputs: whether model and prompt could be seen is not known."


@pytest.mark.parametrize(
    ("kind", "judges", "origins", "said"),
    [
        ("human", ["anna"], Origins(here=("anna",)), "Judged by a person (anna), blind to model and prompt."),
        ("human", ["anna"], Origins(adopted=("anna",)), f"Judged by a person (anna). The scores {UNKNOWN}"),
        ("human", ["a", "b"], Origins(adopted=("a", "b")), f"Judged by people (a, b). The scores {UNKNOWN}"),
        (
            "human",
            ["a", "b"],
            Origins(adopted=("a",), here=("a", "b")),
            f"Judged by people (a, b). Scores of a {UNKNOWN} Those that a and b gave here are blind to model and "
            "prompt.",
        ),
        (
            "agent",
            ["x", "y"],
            Origins(here=("x", "y")),
            "Judged by the agents (x, y), blind to model and prompt. No person has confirmed these scores.",
        ),
        (
            "agent",
            ["x"],
            Origins(adopted=("x",)),
            f"Judged by the agent (x). The scores {UNKNOWN} No person has confirmed these scores.",
        ),
        (
            "model",
            ["gpt", "glm"],
            Origins(),
            "Judged automatically by the models gpt, glm; no person has confirmed these scores.",
        ),
        (
            "program",
            ["asserts"],
            Origins(adopted=("asserts",)),
            "Judged automatically by the program asserts; no person has confirmed these scores.",
        ),
    ],
)
def test_adopted_scores_are_not_called_blind(kind: JudgeKind, judges: list[str], origins: Origins, said: str) -> None:
    """The sentence by kind and number of judges, and by where their scores come from."""
    assert judged_by([report_row("a", 3.0, judge_kind=kind)], judges, origins) == said


def test_the_program_that_ships_measures_form() -> None:
    """Another program, whose scores were adopted, may measure anything."""
    said = judged_by([report_row("a", 3.0, judge_kind="program")], ["heuristics"], Origins())
    assert "measures form" in said


def test_nobody_is_named_without_a_score_and_notes_are_of_adopted_scores_alone() -> None:
    """Without scores no sentence; the terminal's notes have it only where something was adopted."""
    assert judged_by([report_row("a", None)], ["anna"], Origins()) == ""
    row = report_row("a", 3.0)
    assert adopted_sentence([row], ["anna"], Origins(here=("anna",))) == ""
    assert "not known" in adopted_sentence([row], ["anna"], Origins(adopted=("anna",)))
