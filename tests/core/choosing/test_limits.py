"""Limits of cost, time and criteria: what is broken for certain, and what is surely kept."""

import pytest

from core.choosing.limits import ShipLimits, UnknownFloor, broken_floors, broken_points, check_floors, keeps_floors
from core.judging.rubric import Criterion, Rubric, Scale
from core.scoring.leaderboard_row import Estimate
from tests.core.choosing.rows import row

RUBRIC = Rubric("t", "1", Scale(1, 5), (Criterion("clear", "C"), Criterion("limits", "L", scale="yes_no", gate=True)))


def test_points_break_where_they_are_over_or_unknown() -> None:
    """At the limit they keep it."""
    limits = ShipLimits(max_cost_per_1k=1.0, max_p95_ms=100)
    assert [(each.limit, each.value) for each in broken_points(row("a"), limits)] == [("max_p95_ms", 200.0)]
    assert broken_points(row("a", latency_p95_ms=None), limits)[0].value is None


def test_a_gate_with_no_failure_in_60_scenarios_proves_95_percent() -> None:
    """Clopper and Pearson's limit to one side: at most 4.9 % break it, so a floor of .95 is kept and of .96 is not."""
    assert keeps_floors(row("a"), ShipLimits(floors={"limits": 0.95}))
    assert not keeps_floors(row("a"), ShipLimits(floors={"limits": 0.952}))
    more = row("a", criteria={"limits": Estimate(1.0, 0.98, 1.0, gate=True, n=299)})
    assert keeps_floors(more, ShipLimits(floors={"limits": 0.99}))


def test_criteria_keep_a_floor_by_the_limit_to_one_side() -> None:
    """Which is nearer than that of the interval: 4.0 less 0.4 · t(.95) / t(.975) at 59 degrees of freedom."""
    assert keeps_floors(row("a"), ShipLimits(floors={"clear": 4 - 0.4 * 1.6711 / 2.0010 - 0.001}))
    assert not keeps_floors(row("a"), ShipLimits(floors={"clear": 4 - 0.4 * 1.6711 / 2.0010 + 0.001}))


def test_equal_values_count_by_the_point() -> None:
    """A cell that always had 5 keeps a floor of 5, unless it has too few scenarios to say anything."""
    fives = {"clear": Estimate(5.0, None, None)}
    assert keeps_floors(row("a", criteria=fives), ShipLimits(floors={"clear": 5.0}))
    assert not keeps_floors(row("a", criteria=fives, marks=("too_few",)), ShipLimits(floors={"clear": 1.0}))


def test_floors_break_for_certain_below_the_whole_interval() -> None:
    """Within it nothing is certain; what nobody answered is broken."""
    assert not broken_floors(row("a"), ShipLimits(floors={"clear": 4.4}))
    assert broken_floors(row("a"), ShipLimits(floors={"clear": 4.41}))[0].limit == "floor clear"
    assert broken_floors(row("a", criteria={}), ShipLimits(floors={"clear": 1.0}))[0].value is None


@pytest.mark.parametrize(
    ("floors", "said"),
    [({"kind": 4.0}, "'kind' is no criterion of t@1"), ({"clear": 6}, "use 1 to 5"), ({"limits": 4}, "use 0 to 1")],
)
def test_floors_on_what_is_not_there_are_refused(floors: dict[str, float], said: str) -> None:
    """With what there is."""
    with pytest.raises(UnknownFloor, match=said):
        check_floors(ShipLimits(floors=floors), RUBRIC)
    check_floors(ShipLimits(floors={"clear": 4, "limits": 0.9}), RUBRIC)


def test_a_floor_may_be_on_a_criterion_of_another_version() -> None:
    """Within the values that it has there; one that no version has is refused as ever."""
    older = Rubric("t", "0", Scale(1, 5), (Criterion("clear", "C"),))
    check_floors(ShipLimits(floors={"limits": 0.9}), older, [RUBRIC])
    for floors, said in (({"limits": 4}, "use 0 to 1"), ({"kind": 4}, "'kind' is no criterion of t@0")):
        with pytest.raises(UnknownFloor, match=said):
            check_floors(ShipLimits(floors=floors), older, [RUBRIC])
