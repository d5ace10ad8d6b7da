"""The means of a tally with the linear model fitted to them: where the leaderboard and its tables begin."""

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from core.benchmark.spec import Failures
from core.estimate.bands import FEWEST_SHARED
from core.estimate.design import Design, Fit, Floats, Ints, fit, make_design
from core.estimate.differences import Pair
from core.estimate.resampling import draws
from core.judging.rubric import Rubric
from core.scoring.tally import Tally, means


@dataclass(frozen=True)
class FittedMeans:
    """N means `y` (N, 1 + C), composite first, 0 at the scale's low and 1 at its high, and the model of all of them.

    `cell`, `scenario` and `judge` (N) are codes without gaps; `cells` and `scenarios` are the tally's own by code.
    """

    cells: Ints
    scenarios: Ints
    cell: Ints
    scenario: Ints
    judge: Ints
    y: Floats
    design: Design
    fit: Fit

    def to_baseline(self, baseline: int) -> list[Pair]:
        """Return the codes of every other cell, each with that of the baseline; empty if the baseline has no score."""
        if baseline not in self.cells:
            return []
        base = int(np.searchsorted(self.cells, baseline))
        return [(place, base) for place in range(len(self.cells)) if place != base]


def fit_means(tally: Tally, rubric: Rubric, policy: Failures, *, composite_only: bool = False) -> FittedMeans | None:
    """Return the model fitted to the tally's means under `policy`, or None if there is no score.

    With `composite_only` the criteria may be left out. What was fitted last to a tally is remembered with it.
    """
    wanted = (rubric, policy, composite_only)
    known = _LAST.get(tally)
    if known is None or (known[0] != wanted and known[0] != (rubric, policy, False)):
        known = _LAST[tally] = (wanted, _fitted(tally, rubric, policy, composite_only=composite_only))
    return known[1]


def draw_ahead(tally: Tally, seed: int) -> None:
    """Compute the resamples that simultaneous intervals of the cells need; who asks for them meanwhile waits."""
    g = int(np.count_nonzero(np.bincount(tally.scenario)))
    if g >= FEWEST_SHARED and tally.cell.min() < tally.cell.max():
        draws(g, seed)


def forget_fit(tally: Tally) -> None:
    """Let go of what was fitted last to a tally, which of millions of scores is as large as they are."""
    _LAST.pop(tally, None)


_LAST: WeakKeyDictionary[Tally, tuple[tuple[Rubric, Failures, bool], FittedMeans | None]] = WeakKeyDictionary()


def _fitted(tally: Tally, rubric: Rubric, policy: Failures, *, composite_only: bool) -> FittedMeans | None:
    got = means(tally, rubric, policy)
    if not len(got.cell):
        return None
    y = got.y[:, :1] if composite_only else got.y
    (cells, cell), (scenarios, scenario), (_, judge) = map(_coded, (got.cell, got.scenario, got.judge))
    design = make_design(cell, scenario, judge)
    return FittedMeans(cells, scenarios, cell, scenario, judge, y, design, fit(design, y))


def _coded(numbers: Ints) -> tuple[Ints, Ints]:
    """Return the numbers that occur, in order, and each one's place among them: themselves where there are no gaps."""
    occurs = np.bincount(numbers) > 0
    if occurs.all():
        return np.arange(len(occurs)), numbers
    return np.flatnonzero(occurs), (np.cumsum(occurs) - 1)[numbers]
