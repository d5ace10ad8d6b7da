"""Every cell's level with its interval and marks, of the composite and each criterion; and its shares of gates."""

from dataclasses import dataclass

import numpy as np

from core.estimate.crowded import Flags, reaches, wilson
from core.estimate.design import Floats, Ints
from core.estimate.judge_cells import judge_cells, widened_levels
from core.estimate.levels import Areas, bounded, levels
from core.estimate.resampling import ZERO
from core.judging.rubric import Rubric
from core.scoring.fitted_means import FittedMeans
from core.scoring.leaderboard_row import Estimate

NOTHING = Estimate(None, None, None)
UNANSWERED = Estimate(None, None, None, gate=True, n=0)


@dataclass(frozen=True)
class CellLevels:
    """A cell's `score`, its `criteria` in the rubric's order, and what must be said of the score and its interval."""

    score: Estimate
    criteria: tuple[Estimate, ...]
    marks: frozenset[str]


def cell_levels(got: FittedMeans, rubric: Rubric, areas: Ints | None, written: Flags) -> list[CellLevels]:
    """Return the levels of the cells of `got`, composite and criteria.

    `areas` codes the areas of all drawn scenarios, or is None. A cell that is not `written`, without any text, has the
    scale's low and no interval, whatever the others' scenarios are like.
    """
    by_scenarios = levels(got.design, got.fit, None if areas is None else _areas(areas, got.scenarios))
    level = widened_levels(got.design, got.fit, by_scenarios)
    uneven = judge_cells(got.design, got.fit).uneven()
    estimate = bounded(got.design, got.fit, level.estimate)
    equal, only_ends = _spread(got, by_scenarios.se)
    found = reaches(level, estimate, np.diag(got.design.shared).astype(np.float64), only_ends)
    moved = np.abs(estimate - level.estimate).max(axis=1) > ZERO
    result = []
    for place in range(len(got.cells)):
        own = _estimates(rubric, estimate[place], found.below[place], found.above[place], equal[place])
        marks = _why_no_interval(estimate[place, 0], level.enough[place], equal[place, 0])
        if moved[place]:
            missing = got.design.shared[place, place] < got.design.n_scenarios
            marks.add("other_scenarios" if missing else "uneven_judges")
        if uneven[place] and found.below[place, 0] > 0:
            marks.add("uneven_judges")
        if not written[place]:
            own = [Estimate(rubric.scale.low, None, None)] * len(own)
        elif found.crowded[place, 0]:
            at_top = estimate[place, 0] > 1 / 2 and level.skewness[place, 0] < 0
            marks |= {"crowded", "near_ceiling"} if at_top else {"crowded"}
        result.append(CellLevels(own[0], tuple(own[1:]), frozenset(marks)))
    return result


def _areas(codes: Ints, scored: Ints) -> Areas:
    _, drawn = np.unique(codes, return_inverse=True)
    return Areas(np.bincount(drawn), drawn[scored])


def _spread(got: FittedMeans, se: Floats) -> tuple[Flags, Flags]:
    """Return for every cell and response whether several means are all equal, and whether each is 0 or 1."""
    order = np.argsort(got.cell.astype(np.min_scalar_type(len(got.cells))), kind="stable")  # small numbers sort fast
    y, counts = got.y[order], np.bincount(got.cell)
    starts = np.cumsum(counts) - counts
    widths = np.maximum.reduceat(y, starts) - np.minimum.reduceat(y, starts)
    inside = np.add.reduceat((y > ZERO) & (y < 1 - ZERO), starts, dtype=np.int64)
    return (counts > 1)[:, None] & ((widths <= ZERO) | (se <= ZERO)), inside == 0


def _why_no_interval(estimate: float, enough: bool, equal: bool) -> set[str]:
    if np.isnan(estimate):
        return {"not_estimable"}
    return {mark for mark, holds in (("too_few", not enough), ("all_equal", equal)) if holds}


def _estimates(rubric: Rubric, estimate: Floats, below: Floats, above: Floats, equal: Flags) -> list[Estimate]:
    """Return one cell's levels in rubric units, each interval cut where the scale ends."""
    low, high = rubric.scale.low, rubric.scale.high
    span, found = high - low, []
    for level, down, up, same in zip(estimate, below, above, equal, strict=True):
        point = float(low + span * level)
        if np.isnan(level):
            found.append(NOTHING)
        elif same or np.isnan(down):
            found.append(Estimate(point, None, None))
        else:
            found.append(Estimate(point, max(float(point - down * span), low), min(float(point + up * span), high)))
    return found


def gate_shares(verdicts: Floats) -> list[Estimate]:
    """Return for every cell its share of passed scenarios, by `verdicts` (K cells, G scenarios) of one gate.

    A verdict is 1 where every scored tip of the scenario passes, 0 where one does not, nan where no answer says. The
    interval is Wilson's (1927): a scenario is one trial, however many tips and judges it has. Without a verdict a share
    is not known.
    """
    answered = ~np.isnan(verdicts)
    counts = answered.sum(axis=1)
    passed = np.where(answered, verdicts, 0.0).sum(axis=1)
    share = passed / np.maximum(counts, 1)
    low, high = wilson(share, np.maximum(counts, 1).astype(np.float64))
    return [
        Estimate(float(point), float(under), float(over), gate=True, n=int(n)) if n else UNANSWERED
        for point, under, over, n in zip(share, np.maximum(low, 0.0), np.minimum(high, 1.0), counts, strict=True)
    ]
