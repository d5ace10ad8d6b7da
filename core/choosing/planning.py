"""What an experiment of so many cells and scenarios can show, and how many scenarios a decision will take.

Both rest on the standard deviation of a scenario's difference between two cells, and on no difference that was seen.
"""

import math
from collections.abc import Sequence
from functools import lru_cache

import msgspec
import numpy as np

from core.choosing.comparisons import CHANCE, FEWEST_SCENARIOS, bonferroni
from core.estimate import LEVEL
from core.estimate.levels import MINIMUM_DF
from core.estimate.student import chi_square_quantile, normal_below, t_quantile
from core.scoring.leaderboard_row import LeaderboardRow

USUAL_SPREAD = 0.23
"""Of a scenario's difference, as a share of the scale: 0.92 on 1 to 5, as docs/statistics.md has it."""
USUAL_MARGIN = 0.05
"""As a share of the scale: 0.2 on 1 to 5."""
FEWEST_SEEN = 10
"""Scenarios behind a standard deviation that is taken from an earlier leaderboard."""


class Spread(msgspec.Struct, frozen=True):
    """The standard deviation of a scenario's difference between two cells, in rubric units, and its range by cell.

    `seen_in` is the experiment whose leaderboard it is from; None where it is assumed, and then there is no range.
    """

    sd: float
    low: float | None
    high: float | None
    seen_in: str | None


class DecisionPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What can be shown and decided with so many cells and scenarios; None where no number of them is enough.

    `smallest_difference` to the baseline is found with 80 %, at .05 shared among all of them, in rubric units.
    `scenarios_needed` in all let a decision by `margin` name the cheapest of equal cells with 80 %.
    `has_looks` says that looks at growing data are planned on record already.
    """

    cells: int
    scenarios: int
    smallest_difference: float | None
    margin: float
    scenarios_needed: int | None
    spread: Spread
    has_looks: bool

    @property
    def sentences(self) -> list[str]:
        """Return it for people to read; none for fewer than two cells, which nothing can be chosen among."""
        return _sentences(self) if self.cells > 1 else []


def assumed(span: float) -> Spread:
    """Return what is assumed where nothing was seen, on a scale of that length."""
    return Spread(USUAL_SPREAD * span, None, None, None)


def seen(rows: Sequence[LeaderboardRow], experiment: str) -> Spread | None:
    """Return the spread that the differences of a leaderboard to its baseline had, None if they say too little.

    It is the root of the mean variance; an interval is t's, so half of it gives the error, and that the spread.
    """
    baseline = [row.n_scenarios for row in rows if row.score is not None and row.diff is None]
    found = []
    for row in rows:
        n = min([row.n_scenarios, *baseline])
        if row.diff_low is None or row.diff_high is None or n < FEWEST_SEEN or row.judge_kind == "program":
            continue
        error = (row.diff_high - row.diff_low) / 2 / float(t_quantile(n - 1, 1 - (1 - LEVEL) / 2))
        found.append(error * math.sqrt(n))
    if not found or not max(found) > 0:
        return None
    return Spread(math.sqrt(sum(sd**2 for sd in found) / len(found)), min(found), max(found), experiment)


def plan_decision(cells: int, scenarios: int, margin: float, spread: Spread, *, has_looks: bool) -> DecisionPlan:
    """Return what so many cells on so many scenarios can show, and what a decision by the margin will take."""
    return DecisionPlan(
        cells=cells,
        scenarios=scenarios,
        smallest_difference=smallest_difference(cells, scenarios, spread.sd),
        margin=margin,
        scenarios_needed=scenarios_for(cells, margin, spread.sd),
        spread=spread,
        has_looks=has_looks,
    )


def smallest_difference(cells: int, scenarios: int, sd: float) -> float | None:
    """Return which true difference to the baseline is found with 80 %, by two-sided .05 shared among all K - 1."""
    if cells < 2 or scenarios - 1 < MINIMUM_DF:
        return None
    df = scenarios - 1
    times = t_quantile(df, 1 - (1 - LEVEL) / 2 / (cells - 1)) + t_quantile(df, CHANCE)
    return float(times) * sd / math.sqrt(scenarios)


def scenarios_for(cells: int, margin: float, sd: float) -> int | None:
    """Return with how many scenarios `choose` names the cheapest of so many equal cells with 80 %.

    All differences have that standard deviation, and no two cells are more alike than others.
    """
    if cells < 2:
        return None
    reach = dunnett(math.inf, cells - 1, CHANCE)
    needed, before = FEWEST_SCENARIOS, 0
    for _ in range(8):  # the critical value falls with the scenarios, and hardly so: two rounds are the rule
        if needed == before:
            break
        before, times = needed, _critical(needed, cells - 1)
        needed = max(math.ceil(((times + reach) * sd / margin) ** 2), MINIMUM_DF + 1)
    return needed


def _critical(scenarios: int, others: int) -> float:
    """Return the value that `choose` uses at so many scenarios: Bonferroni's while they are few."""
    highest = bonferroni(scenarios - 1, LEVEL, others)
    return highest if scenarios < FEWEST_SCENARIOS else min(highest, dunnett(scenarios - 1, others, LEVEL))


@lru_cache(256)
def dunnett(df: float, others: int, p: float) -> float:
    """Return the value that all of so many comparisons with one control stay below at once with probability `p`.

    One-sided, equal sizes and so correlations of 1/2, `df` degrees of freedom or infinitely many. Dunnett (1955): an
    integral over the control's own error, and over that of the standard deviation.
    """
    z = np.linspace(-6.0, 6.0, 49)
    weight = np.exp(-(z**2) / 2)
    weight /= weight.sum()
    chances = (np.arange(50) + 0.5) / 50
    spread = np.ones(1) if math.isinf(df) else np.sqrt(chi_square_quantile(df, chances) / df)
    low, high = 0.0, 2.0 * bonferroni(min(df, 1e6), max(p, LEVEL), others) + 1.0
    for _ in range(24):
        middle = (low + high) / 2
        below = normal_below(np.sqrt(2.0) * middle * spread[:, None] + z[None, :]) ** others
        low, high = (middle, high) if float((below @ weight).mean()) < p else (low, middle)
    return (low + high) / 2


def _sentences(plan: DecisionPlan) -> list[str]:
    margin, spread, found = f"{plan.margin:g}", plan.spread, []
    if plan.smallest_difference is None:
        found.append(
            f"with {plan.scenarios} scenarios no difference can be shown: at least {MINIMUM_DF + 1} are needed"
        )
    else:
        shared = f", with all {plan.cells - 1} of them tested" if plan.cells > 2 else ""
        found.append(
            f"{plan.scenarios} scenarios show a difference of {plan.smallest_difference:.2g} or more to the baseline "
            f"with 80 % chance{shared}"
        )
    found.append(
        f"choose --margin {margin} takes about {plan.scenarios_needed} scenarios to name the cheapest of {plan.cells} "
        "equal cells with 80 % chance; where cells differ by more it takes fewer"
    )
    if spread.seen_in is None:
        rest = "which is assumed, as no earlier leaderboard tells"
    else:
        rest = f"as in {spread.seen_in}, where cells have {spread.low:.2g} to {spread.high:.2g}"
    found.append(f"both rest on a standard deviation of {spread.sd:.2g} of a scenario's difference, {rest}")
    if plan.scenarios_needed is not None and plan.scenarios_needed > plan.scenarios and not plan.has_looks:
        found.append(
            "plan looks before you pay: unless the first choose has --looks K --max-scenarios N, it is the only look, "
            "and after not enough data no later one along --extends can ship"
        )
    return found
