"""One cell against the same cell elsewhere: whether its score dropped by more than may be, on common scenarios."""

from typing import Literal

import msgspec
import numpy as np

from core.benchmark.spec import Failures
from core.estimate.bands import in_family
from core.estimate.design import Floats, Ints, fit, make_design
from core.estimate.differences import Differences
from core.estimate.judge_cells import compared
from core.estimate.resampling import ZERO
from core.estimate.student import t_quantile
from core.judging.rubric import Rubric
from core.plurals import counted
from core.scoring.tally import Tally, means

FEWEST_COMMON = 5
"""On fewer common scenarios nothing is decided."""
LEVEL = 0.95
"""Of each limit, to one side: a cell whose drop is just as large as it may be passes in 5 % at most."""

Verdict = Literal["passed", "failed", "undecided"]


class Drop(msgspec.Struct, frozen=True):
    """What holding a cell against another came to: the score now minus the score there, in rubric units.

    `low` and `high` are its lower and its upper limit, each of 95 % to one side; None is not known.
    """

    verdict: Verdict
    diff: float | None
    low: float | None
    high: float | None
    scenarios: int


def hold_against(
    now: tuple[Tally, int], there: tuple[Tally, int], rubric: Rubric, policy: Failures, max_drop: float
) -> Drop:
    """Return whether a cell's score is surely at most `max_drop` below that of another, by both with their tallies.

    The tallies number the same scenarios alike and have the same judges, in one order. Scenarios count in which both
    cells have a mean. Differences are the paired ones of the board, CR2 by scenario; values that are equal in every
    scenario count by the point.
    """
    found, common = difference_between(now, there, rubric, policy)
    if found is None:
        return Drop("undecided", None, None, None, common)
    span = rubric.scale.high - rubric.scale.low
    diff = float(found.estimate[0]) * span
    if common < FEWEST_COMMON or np.isnan(diff):
        return Drop("undecided", None if np.isnan(diff) else diff, None, None, common)
    if found.se[0] <= ZERO:
        return Drop("passed" if diff >= -max_drop else "failed", diff, diff, diff, common)
    if not in_family(found)[0]:
        return Drop("undecided", diff, None, None, common)
    low, high = limits_of(found, LEVEL, span)
    return Drop(
        "passed" if low >= -max_drop else "failed" if high < -max_drop else "undecided", diff, low, high, common
    )


def difference_between(
    now: tuple[Tally, int], there: tuple[Tally, int], rubric: Rubric, policy: Failures
) -> tuple[Differences | None, int]:
    """Return a cell's composite minus that of another as one contrast, and in how many scenarios both have a mean.

    None where there are no such scenarios. The tallies are as in `hold_against`; the estimate's scale has length 1.
    """
    parts = [_own(tally, cell, rubric, policy) for tally, cell in (there, now)]
    common = np.intersect1d(parts[0][0], parts[1][0])
    if not len(common):
        return None, 0
    usable = [np.isin(scenario, common) for scenario, _, _ in parts]
    scenario, judge, y = (
        np.concatenate([part[column][use] for part, use in zip(parts, usable, strict=True)]) for column in range(3)
    )
    cell = np.repeat([0, 1], [int(use.sum()) for use in usable])
    design = make_design(cell, np.searchsorted(common, scenario), np.unique(judge, return_inverse=True)[1])
    return compared(design, fit(design, y[:, None]), [(1, 0)]), len(common)


def limits_of(found: Differences, level: float, span: float) -> tuple[float, float]:
    """Return the lower and the upper limit of one contrast, each of `level` to one side, on a scale of that `span`."""
    diff, times = float(found.estimate[0]) * span, float(t_quantile(found.df[0], level))
    return diff - times * float(found.below[0]) * span, diff + times * float(found.above[0]) * span


def drop_in_words(held: Drop, cell: str, there: str, max_drop: float) -> str:
    """Return the result as a sentence; `there` is what the cell was held against."""
    common = counted(held.scenarios, "common scenario")
    if held.diff is None:
        return f"{cell} cannot be held against {there}: {common} with scores in both"
    said = f"{cell} scores {held.diff:+.3g} against {there} on {common}"
    if held.low is None or held.high is None:
        return f"{said}: too few to say whether it is at most {max_drop:g} lower"
    sure = {
        "passed": f"it is surely at most {max_drop:g} lower",
        "failed": f"it is surely more than {max_drop:g} lower",
        "undecided": f"which does not tell whether it is at most {max_drop:g} lower: more scenarios would",
    }[held.verdict]
    return f"{said}, at least {held.low:+.3g} and at most {held.high:+.3g} with 95 % each: {sure}"


def _own(tally: Tally, cell: int, rubric: Rubric, policy: Failures) -> tuple[Ints, Ints, Floats]:
    """Return scenario, judge and composite of each mean of a cell."""
    got = means(tally, rubric, policy)
    own = got.cell == cell
    return got.scenario[own], got.judge[own], got.y[own, 0]
