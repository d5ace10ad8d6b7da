"""Looks at growing data: how much of the error each may spend, so that all that were planned come to 5 % at most.

Lan and DeMets (1983) with O'Brien and Fleming's spending function. A look's share is taken as if it were independent of
those before, which is on the safe side.
"""

from collections.abc import Sequence

import msgspec

from core.choosing.choice import LookView
from core.estimate.student import normal_below, normal_quantile

ERROR = 0.05
"""One-sided, of all planned looks together."""


class LookPlan(msgspec.Struct, frozen=True):
    """How many looks are planned, and at how many scenarios the last one is."""

    looks: int
    max_scenarios: int


def spent(fraction: float) -> float:
    """Return how much of the error may be spent once this fraction of the scenarios is there."""
    if fraction >= 1:
        return ERROR
    return float(2 - 2 * normal_below(normal_quantile(1 - ERROR / 2) / fraction**0.5)) if fraction > 0 else 0.0


def look_at(plan: LookPlan, scenarios: Sequence[int]) -> LookView:
    """Return the last of the looks at so many `scenarios` each, in order; beyond the plan it is unplanned."""
    number, now = len(scenarios), scenarios[-1]
    unplanned = number > plan.looks or now > plan.max_scenarios
    before = spent(scenarios[-2] / plan.max_scenarios) if number > 1 else 0.0
    fraction = 1.0 if number >= plan.looks else now / plan.max_scenarios
    share = max(spent(fraction) - before, 0.0)
    return LookView(number, plan.looks, plan.max_scenarios, 1 - share, unplanned)
