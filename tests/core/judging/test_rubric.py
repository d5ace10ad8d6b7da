import msgspec
import pytest

from core.judging.rubric import Criterion, Rubric, Scale, composite, rubric_for, yes_or_no

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


GATED = Rubric(
    "tips",
    "3",
    Scale(1, 5),
    (
        Criterion("a", "", 1.0),
        Criterion("b", "", 3.0, scale="yes_no"),
        Criterion("limits", "", scale="yes_no", gate=True),
    ),
)


def test_an_item_is_judged_by_what_its_scenario_has_words_for() -> None:
    """A criterion that needs more is left out or, where it has it, to be answered like any other."""
    limits = Criterion("limits", "", scale="yes_no", gate=True, needs="must_not")
    rubric = Rubric("t", "1", Scale(1, 5), (Criterion("a", ""), limits))
    assert rubric.conditional == ("limits",)
    with_it, without = (rubric_for(rubric, has_must_not=has) for has in (True, False))
    assert (with_it.names, with_it.conditional, without.names) == (("a", "limits"), (), ("a",))
    assert rubric_for(GATED, has_must_not=False) == GATED


def test_yes_is_the_high_of_the_scale_no_its_low_and_a_gate_is_in_neither_sum() -> None:
    """The gate may be left out."""
    assert composite({"a": 3.0, "b": 1, "limits": 0}, GATED) == pytest.approx((3 + 3 * 5) / 4)
    assert composite({"a": 3.0, "b": 0}, GATED) == pytest.approx((3 + 3 * 1) / 4)
    assert GATED.averaged_names == ("a", "b")
    assert (GATED.gates, GATED.yes_no, GATED.weights) == (("limits",), ("b", "limits"), (1.0, 3.0))


def test_a_rubric_without_yes_or_no_is_written_as_ever() -> None:
    """No field that an older version would not know, so that its hash stays."""
    assert msgspec.json.encode(RUBRIC.criteria) == (
        b'[{"name":"a","description":"","weight":1.0},{"name":"b","description":"","weight":3.0}]'
    )


FORMS: list[tuple[object, int | None]] = [
    (1, 1), (0, 0), (1.0, 1), (True, 1), (False, 0), ("yes", 1), (" NO ", 0), ("True", 1), ("FALSE", 0),
    ("1", None), ("y", None), ("", None), (2, None), (-1, None), (0.5, None), (None, None), ([], None), ({}, None),
    (float("nan"), None),
]  # fmt: skip


@pytest.mark.parametrize(("value", "found"), FORMS)
def test_yes_and_no_in_their_forms(value: object, found: int | None) -> None:
    """What is neither is nothing."""
    assert yes_or_no(value) == found
