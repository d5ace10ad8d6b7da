import pytest

from core.judging.rubric import Criterion, Rubric, Scale, composite

RUBRIC = Rubric("tips", "2", Scale(1, 5), (Criterion("a", "", 1.0), Criterion("b", "", 3.0)))


def test_the_composite_is_the_weighted_mean() -> None:
    """Σ weight·value / Σ weight."""
    assert composite({"a": 1.0, "b": 5.0}, RUBRIC) == pytest.approx(4.0)


def test_a_missing_criterion_is_no_zero() -> None:
    """A score without every criterion has no composite."""
    with pytest.raises(KeyError):
        composite({"a": 1.0}, RUBRIC)


def test_a_rubric_is_known_by_name_and_version() -> None:
    """Answers state the version they were given for."""
    assert RUBRIC.ref == "tips@2"
    assert RUBRIC.names == ("a", "b")
