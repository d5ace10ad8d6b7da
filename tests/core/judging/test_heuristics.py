"""The program judge."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.judging.heuristics import FEATURES, heuristic_scores
from core.judging.rubric import Criterion, Rubric, Scale

RUBRIC = Rubric("r", "1", Scale(1, 5), tuple(Criterion(name, name, heuristic=name) for name in FEATURES))
SITUATION = {"situation": "I forget to water the plants on my balcony.", "must_not": ["sleep"]}


def _score(tip: str, feature: str) -> float:
    return heuristic_scores(tip, SITUATION, RUBRIC)[feature]


@given(st.text(max_size=300), st.text(max_size=60))
def test_any_text_gets_a_value_on_the_scale_for_every_criterion(tip: str, situation: str) -> None:
    """Whatever is written, the values lie from low to high in quarter steps."""
    for value in heuristic_scores(tip, {"situation": situation}, RUBRIC).values():
        assert 1 <= value <= 5
        assert value * 4 == round(value * 4)


@pytest.mark.parametrize(
    ("feature", "better", "worse"),
    [
        ("length", "Put the can beside the door tonight so that you see it before you leave.", "Water."),
        ("reading_ease", "Put the can by the door.", "Institutionalize horticultural irrigation responsibilities."),
        ("concreteness", "Put a note on the door and water at 8 today.", "Be mindful about nature."),
        ("hedging", "Water them after lunch.", "Maybe you could possibly try to water them."),
        ("overlap", "Fill a can for the balcony plants and water them.", "Go for a run."),
    ],
)
def test_each_feature_prefers_what_its_name_says(feature: str, better: str, worse: str) -> None:
    """The better text scores higher on its feature."""
    assert _score(better, feature) > _score(worse, feature)


def test_repeating_the_situation_is_no_overlap() -> None:
    """A tip that only says the situation again gets the low."""
    text = "Forget watering plants balcony always neighbours borrow watering bucket garden"
    assert heuristic_scores(text, {"situation": text}, RUBRIC)["overlap"] == 1


def test_a_criterion_without_a_feature_gets_the_mean() -> None:
    """The mean of all five, on the scale."""
    other = Rubric("r", "1", Scale(0, 100), (Criterion("good", "good"),))
    assert 0 <= heuristic_scores("Walk ten minutes today.", SITUATION, other)["good"] <= 100
