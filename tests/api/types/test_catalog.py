from api.types.catalog import Anchor, criteria_of
from core.judging.rubric import Criterion, Rubric, Scale


def test_a_page_is_told_which_values_a_criterion_may_have() -> None:
    """Those of the scale, or 1 and 0 for yes and no; a gate has no weight, and nothing is said of the heuristics."""
    rubric = Rubric(
        "tips",
        "1",
        Scale(1, 5),
        (
            Criterion("clear", "Clear", 2.0, {"1": "Not at all"}, heuristic="reading_ease"),
            Criterion("step", "A step", scale="yes_no"),
            Criterion("limits", "Keeps them", scale="yes_no", gate=True),
        ),
    )
    clear, step, limits = criteria_of(rubric)
    assert (clear.low, clear.high, clear.weight, clear.yes_no, clear.gate) == (1, 5, 2.0, False, False)
    assert clear.anchors == [Anchor(level="1", text="Not at all")]
    assert (step.low, step.high, step.weight, step.yes_no, step.gate) == (0, 1, 1.0, True, False)
    assert (limits.low, limits.high, limits.weight, limits.yes_no, limits.gate) == (0, 1, 0.0, True, True)
