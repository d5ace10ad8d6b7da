"""Declared tastes as rates."""

from typing import Any

import pytest

from core.simulated_users.tastes import INCLINATION, BadTastes, Relation, Tastes, rates

SCORES = {"m/worst": 0.2, "m/middle": 0.5, "m/best": 0.8, "m/unknown": None}


def test_tastes_that_agree_rise_with_the_score() -> None:
    """Linearly from base rate less strength to base rate and strength; an arm without a score has the base rate."""
    found = rates(Tastes(strength=0.2, base_rate=0.3), SCORES, 1)
    assert found == pytest.approx({"m/worst": 0.1, "m/middle": 0.3, "m/best": 0.5, "m/unknown": 0.3})


def test_tastes_that_disagree_are_the_other_way_round() -> None:
    """What agreeing adds, disagreeing takes away."""
    agreed = rates(Tastes(), SCORES, 1)
    found = rates(Tastes(relation=Relation.DISAGREE), SCORES, 1)
    assert found == pytest.approx({arm: 1.0 - rate for arm, rate in agreed.items()})


def test_unrelated_tastes_do_not_look_at_scores() -> None:
    """Seed and name decide, within base rate ± strength; scores turned round change nothing, another seed does."""
    tastes = Tastes(relation=Relation.UNRELATED)
    found = rates(tastes, SCORES, 1)
    turned = dict(zip(SCORES, reversed(SCORES.values()), strict=True))
    assert found == rates(tastes, turned, 1) != rates(tastes, SCORES, 2)
    assert all(0.3 <= rate <= 0.7 for rate in found.values())
    assert len(set(found.values())) == len(found)


def test_equal_scores_are_equally_liked() -> None:
    """Where no cell is better than another, or none has a score, tastes have nothing to go by."""
    for scores in ({"m/a": 0.5, "m/b": 0.5}, {"m/a": None, "m/b": None}, {}):
        assert set(rates(Tastes(), scores, 1).values()) <= {0.5}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"strength": -0.1}, "strength"),
        ({"strength": 0.46}, "strength"),
        ({"strength": float("nan")}, "strength"),
        ({"base_rate": 0.24}, "base_rate"),
        ({"base_rate": 0.76}, "base_rate"),
        ({"base_rate": float("nan")}, "base_rate"),
    ],
)
def test_rates_that_no_user_can_have_are_refused(given: dict[str, Any], field: str) -> None:
    """With the field that is to be changed; at the bounds each user's rate is a probability."""
    with pytest.raises(BadTastes) as refused:
        Tastes(**given)
    assert refused.value.path == (field,)
    for bound in (0.2 + INCLINATION, 0.8 - INCLINATION):
        assert Tastes(base_rate=bound).base_rate == bound
