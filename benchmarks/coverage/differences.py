"""How often the intervals and bands of differences hold the truth, and how rank intervals change as data are added."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from benchmarks.coverage.populations import Floats, Population, rows
from core.estimate.bands import Mask, critical_values, in_family
from core.estimate.design import Design, Fit, fit, make_design
from core.estimate.differences import Differences
from core.estimate.judge_cells import compared
from core.estimate.ranks import rank_intervals
from core.estimate.student import t_quantile

STEPS = range(20, 101, 10)


@dataclass(frozen=True)
class Coverage:
    """Of differences to the first cell (K - 1), in shares of the experiments in which they have an interval.

    `by_t` is Student's t alone. `width` is the mean width over that of t, both within the scale. `none` and `marked`
    are shares of all experiments. `band` is that of experiments whose simultaneous limits to the first cell all hold,
    and `all_pairs` of those whose limits of all pairs, which ranks rest on, do.
    """

    covered: Floats
    by_t: Floats
    width: Floats
    none: Floats
    marked: Floats
    band: float
    all_pairs: float
    runs: int

    @property
    def error(self) -> float:
        """Return the largest Monte Carlo error of `covered`."""
        return float(np.sqrt(np.nanmax(self.covered * (1 - self.covered)) / self.runs))


def coverage(population: Population, scenarios: int, runs: int, seed: int = 0) -> Coverage:
    """Return the coverage of nominal 95 % limits over `runs` experiments, by the leaderboard's own code."""
    drawn = population(np.random.default_rng([seed, scenarios]), runs, scenarios)
    found = [_of_one(values, truth) for values, truth in zip(drawn.values, drawn.truth, strict=True)]
    held, by_t, width, t_width, given, marked = (
        np.array([getattr(own, name) for own in found])
        for name in ("held", "by_t", "width", "t_width", "given", "marked")
    )
    count = given.sum(axis=0)
    with np.errstate(invalid="ignore"):
        covered, alone = (held & given).sum(axis=0) / count, (by_t & given).sum(axis=0) / count
        widths = (width * given).sum(axis=0) / (t_width * given).sum(axis=0)
    bands, all_pairs = (float(np.mean([getattr(own, name) for own in found])) for name in ("band", "all_pairs"))
    return Coverage(covered, alone, widths, 1 - count / runs, marked.mean(axis=0), bands, all_pairs, runs)


@dataclass(frozen=True)
class _One:
    """One experiment: whether the intervals of the differences to the first cell held, and their families'."""

    held: Mask
    by_t: Mask
    width: Floats
    t_width: Floats
    given: Mask
    marked: Mask
    band: bool
    all_pairs: bool


def _of_one(values: Floats, truth: Floats) -> _One:
    cells = np.flatnonzero(~np.isnan(values).all(axis=(1, 2)))
    design, fitted = fitted_scores(values)
    to_first = [(place, 0) for place in range(1, len(cells))]
    found = compared(design, fitted, to_first)
    true = np.array([truth[cells[left]] - truth[cells[right]] for left, right in to_first])
    given = in_family(found)
    times = t_quantile(np.where(given, found.df, 1.0), 0.975)
    low, high = limits(found, times * found.below, times * found.above)
    t_low, t_high = limits(found, times * found.se, times * found.se)
    return _One(
        (low <= true) & (true <= high),
        (t_low <= true) & (true <= t_high),
        np.nan_to_num(high - low),
        np.nan_to_num(t_high - t_low),
        given,
        found.stretch.crowded if found.stretch else np.zeros(len(to_first), np.bool_),
        _all_hold(design, found, true),
        _all_pairs_hold(design, fitted, truth[cells]),
    )


def _all_pairs_hold(design: Design, fitted: Fit, truth: Floats) -> bool:
    pairs = list(combinations(range(len(truth)), 2))
    found = compared(design, fitted, pairs)
    return _all_hold(design, found, np.array([truth[left] - truth[right] for left, right in pairs]))


def _all_hold(design: Design, found: Differences, true: Floats) -> bool:
    times, given = critical_values(design, found, 0), in_family(found)
    low, high = limits(found, times * found.below, times * found.above)
    return bool((~given | ((low <= true) & (true <= high))).all())


def limits(found: Differences, below: Floats, above: Floats) -> tuple[Floats, Floats]:
    """Return the limits so far `below` and `above` the estimates (c), cut where differences end."""
    return np.clip(found.estimate - below, -1, 1), np.clip(found.estimate + above, -1, 1)


def fitted_scores(values: Floats) -> tuple[Design, Fit]:
    """Return the model of the scores of one experiment (K, G, J), nan where nobody scored."""
    cell, scenario, judge, y = rows(values)
    codes = [np.unique(code, return_inverse=True)[1] for code in (cell, scenario, judge)]
    design = make_design(*codes)
    return design, fit(design, y[:, None])


def widened(population: Population, runs: int, steps: Sequence[int] = STEPS, seed: int = 0) -> tuple[float, int]:
    """Return in which share of steps to more scenarios a cell's rank interval widens by over one rank, and how many.

    One step is one cell's interval from one number of scenarios to the next, the first scenarios being the same.
    """
    drawn = population(np.random.default_rng(seed), runs, max(steps))
    wider = total = 0
    for values in drawn.values:
        widths = np.array([_rank_widths(values[:, :scenarios]) for scenarios in steps])
        wider += int((np.diff(widths, axis=0) > 1).sum())
        total += widths[1:].size
    return wider / total, total


def _rank_widths(values: Floats) -> list[int]:
    design, fitted = fitted_scores(values)
    ranks = rank_intervals(design, fitted, range(len(values)), 0)
    return [high - low for low, high in ranks.values()]
