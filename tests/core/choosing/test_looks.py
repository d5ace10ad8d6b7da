"""Planned looks at growing data: what each may spend of the error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.choosing.looks import ERROR, LookPlan, look_at, spent


def test_one_look_spends_all() -> None:
    """However many scenarios there are of those that were planned."""
    look = look_at(LookPlan(1, 60), [60])
    assert (look.number, look.of, look.unplanned) == (1, 1, False)
    assert look.level == pytest.approx(0.95)
    assert look_at(LookPlan(1, 90), [60]).level == pytest.approx(0.95)


def test_looks_beyond_the_plan_are_unplanned() -> None:
    """By their number or by the scenarios."""
    assert look_at(LookPlan(1, 60), [60, 60]).unplanned
    assert look_at(LookPlan(2, 60), [30, 61]).unplanned
    assert not look_at(LookPlan(2, 60), [30, 60]).unplanned


@given(st.lists(st.integers(1, 100), min_size=1, max_size=6).map(sorted))
def test_all_planned_looks_together_spend_the_error_at_most(scenarios: list[int]) -> None:
    """Whenever they come; the earlier a look, the less it may spend."""
    plan = LookPlan(len(scenarios), 100)
    shares = [1 - look_at(plan, scenarios[: place + 1]).level for place in range(len(scenarios))]
    assert all(share >= 0 for share in shares)
    assert sum(shares) <= ERROR + 1e-9
    assert spent(0) == 0
    assert spent(0.3) < spent(0.6) < spent(1) == ERROR
