"""The rule of `choose` on many experiments at once: which cell ships, the cheapest first in the order of the cells.

On complete data by one judge the board's differences are the paired ones of scenario means, so that many experiments
take one product of matrices, and cells that are alike have Dunnett's critical value. What crowds or has holes is fitted
by the board's own code, and critical values are drawn where Student's t and Bonferroni's value decide differently.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations

import numpy as np

from benchmarks.choosing.cells import Cells
from benchmarks.coverage.differences import fitted_scores
from benchmarks.coverage.populations import Floats, Ints
from core.choosing.comparisons import FEWEST_SCENARIOS, LEAST_DRAWN, bonferroni, leaning_down
from core.choosing.looks import LookPlan, look_at
from core.choosing.planning import dunnett
from core.estimate.bands import in_family
from core.estimate.differences import Mask
from core.estimate.judge_cells import compared
from core.estimate.resampling import ZERO
from core.estimate.student import chi_square_quantile, normal_quantile

MARGIN = 0.05
"""Of the scale: 0.2 on 1 to 5."""
DRAWS = 10_000
CHUNK = 250


@dataclass(frozen=True)
class Contrasts:
    """Of one experiment: how far each cell is from failing, and what critical values rest on.

    `statistic` (K, K) is the largest critical value with which a cell's lower limit against another reaches the margin,
    `df` (K) the smallest of its pairs, `covariance` (K, K) that of the influences up to a factor; `shared` is the least
    number of common scenarios. `drawn` has critical values by cell and level, once they are drawn.
    """

    statistic: Floats
    df: Floats
    covariance: Floats
    shared: int
    drawn: dict[tuple[int, float], float] = field(default_factory=dict)


Outcome = tuple[bool, bool, bool]


@dataclass(frozen=True)
class Shipped:
    """Shares of experiments in which a cell ships, at one look and in three: the first cell, any, and one too bad."""

    first: tuple[float, float]
    some: tuple[float, float]
    wrong: tuple[float, float]


def shipped(cells: Cells, gaps: Floats, scenarios: int, runs: int, *, whole: bool, seed: int = 0) -> Shipped:
    """Return how often cells ship; `whole` says that data are complete, by one judge, and crowd nowhere."""
    sizes = [scenarios // 3, 2 * scenarios // 3, scenarios]
    levels = [look_at(LookPlan(3, scenarios), sizes[: number + 1]).level for number in range(3)]
    bad, found = gaps > MARGIN, list[Mask]()
    for start in range(0, runs, CHUNK):
        rng = np.random.default_rng([seed, start, scenarios, len(gaps)])
        values = cells(rng, min(CHUNK, runs - start), gaps, scenarios)
        looks = [
            (alike if whole else one_by_one)(values[:, :, :size], (level, 0.95), bad)
            for size, level in zip(sizes, levels, strict=True)
        ]
        at_looks = np.stack([look[0] for look in looks])
        stopped = at_looks[:, :, 1].argmax(axis=0)  # the first look at which some cell ships, else one where none does
        found.append(np.stack([looks[-1][1], at_looks[stopped, np.arange(len(stopped))]]))
    shares = np.concatenate(found, axis=1).mean(axis=1)
    return Shipped(*((float(once), float(thrice)) for once, thrice in shares.T))


def one_by_one(values: Floats, levels: Sequence[float], bad: Mask) -> Mask:
    """Return the outcomes (levels, R, 3) of experiments (R, K, G, J) that are fitted each."""
    fitted = [contrasts(one) for one in values]
    return np.array([[ships(own, level, bad) for own in fitted] for level in levels])


def alike(values: Floats, levels: Sequence[float], bad: Mask) -> Mask:
    """Return the outcomes (levels, R, 3) of complete experiments by one judge whose cells have equal spreads."""
    y = values[..., 0]
    k, g = y.shape[1:]
    means = y.mean(axis=2)
    off = y - means[..., None]
    covariance = off @ off.transpose(0, 2, 1) / (g - 1)
    own = np.diagonal(covariance, axis1=1, axis2=2)
    error = np.sqrt(np.maximum(own[:, :, None] + own[:, None, :] - 2 * covariance, 0.0) / g)
    skew = np.array([leaning_down(one.T) for one in off])
    statistic = largest_passing(means[:, :, None] - means[:, None, :], error, error, skew).min(axis=-1)
    outcomes = []
    for level in levels:
        times = bonferroni(g - 1, level, k - 1)
        if g >= FEWEST_SCENARIOS and 1 - level >= LEAST_DRAWN:
            times = min(times, dunnett(g - 1, k - 1, level))
        ship = statistic >= times
        outcomes.append(np.stack([ship[:, 0], ship.any(axis=1), (ship & bad).any(axis=1)], axis=1))
    return np.array(outcomes)


def contrasts(values: Floats) -> Contrasts:
    """Return what the rule needs of one experiment (K, G, J), by the board's own code."""
    design, fitted = fitted_scores(values)
    k = len(values)
    pairs = list(combinations(range(k), 2))
    found = compared(design, fitted, pairs)
    left, right = np.array(pairs).T
    (diff, se, error), df = np.zeros((3, k, k)), np.full((k, k), np.inf)
    diff[left, right], diff[right, left] = found.estimate, -found.estimate
    se[left, right] = se[right, left] = found.se
    error[left, right], error[right, left] = found.below, found.above
    same = found.se <= ZERO
    unknown = ~in_family(found) & ~same
    df[left, right] = df[right, left] = np.where(same, np.inf, found.df)
    diff[left[unknown], right[unknown]] = diff[right[unknown], left[unknown]] = -np.inf
    shared = int(design.shared[left, right].min())
    statistic = largest_passing(diff, se, error, leaning_down(found.by_cell))
    return Contrasts(statistic, df.min(axis=1), found.by_cell.T @ found.by_cell, shared)


def largest_passing(diff: Floats, se: Floats, error: Floats, skew: Floats) -> Floats:
    """Return the largest critical value c (…, K, K) with which a lower limit reaches the margin, as `choose` has it.

    That is c · error ≤ difference + margin, and with the skewness s (c + s (2c² + 1) / 6) · se ≤ difference + margin.
    Where values are the same the point counts.
    """
    above = np.where(diff >= -MARGIN, np.inf, -np.inf)
    with np.errstate(divide="ignore", invalid="ignore"):
        by_error, of_se = (diff + MARGIN) / error, (diff + MARGIN) / se
        root = np.sqrt(1 - 4 * skew / 3 * (skew / 6 - of_se))
        by_skew = np.where(skew > 0, (root - 1) / (2 * skew / 3), of_se)
        statistic = np.where(error > ZERO, np.minimum(by_error, by_skew), above)
    statistic = np.where(np.isnan(statistic), -np.inf, statistic)
    statistic[..., np.arange(diff.shape[-1]), np.arange(diff.shape[-1])] = np.inf
    return np.asarray(statistic)


def ships(own: Contrasts, level: float, bad: Mask) -> Outcome:
    """Return whether the first cell ships, whether any does, and whether one does that is too bad.

    The cheapest of those that qualify ships, and cells that are too bad are cheaper than the others: so one of them
    ships where any qualifies.
    """
    order = np.argsort(-own.statistic.min(axis=1))
    first = qualifies(own, 0, level)
    wrong = bool(bad.any()) and ((first and bool(bad[0])) or _any(own, order[bad[order]], level))
    return first, first or wrong or _any(own, order, level), wrong


def _any(own: Contrasts, cells: Ints, level: float) -> bool:
    """Return whether any of the cells qualifies; they are looked at in their order, the likeliest first."""
    return any(qualifies(own, int(cell), level) for cell in cells)


def qualifies(own: Contrasts, cell: int, level: float) -> bool:
    """Return whether a cell is surely at most the margin worse than all others, each as the best."""
    statistic = own.statistic[cell]
    if statistic.min() < normal_quantile(level):
        return False
    return all(_reaches(own, int(other), float(statistic[other]), level) for other in np.argsort(statistic)[:-1])


def _reaches(own: Contrasts, other: int, statistic: float, level: float) -> bool:
    highest = bonferroni(float(own.df[other]), level, len(own.statistic) - 1)
    if statistic >= highest or own.shared < FEWEST_SCENARIOS or 1 - level < LEAST_DRAWN:
        return statistic >= highest
    if (other, level) not in own.drawn:
        own.drawn[other, level] = min(highest, critical(own, other, level))
    return statistic >= own.drawn[other, level]


def critical(own: Contrasts, cell: int, level: float) -> float:
    """Return the drawn critical value of a cell as the control of all others, as core.choosing.comparisons has it."""
    k = len(own.covariance)
    others = np.delete(np.arange(k), cell)
    contrast = np.eye(k)[cell] - np.eye(k)[others]
    covariance = contrast @ own.covariance @ contrast.T
    spread = np.sqrt(np.maximum(np.diag(covariance), ZERO**2))
    values, vectors = np.linalg.eigh(covariance / np.outer(spread, spread))
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    largest = (_normal(k - 1) @ root.T.astype(np.float32)).max(axis=1) / _spread(round(float(own.df[cell]), 1))
    return float(np.quantile(largest, level))


@lru_cache(4)
def _normal(count: int) -> "np.ndarray[tuple[int, ...], np.dtype[np.float32]]":
    return np.random.default_rng(count).standard_normal((DRAWS, count)).astype(np.float32)


@lru_cache(32)
def _spread(df: float) -> Floats:
    chances = np.random.default_rng(1).uniform(size=DRAWS)
    return np.asarray(np.sqrt(chi_square_quantile(df, chances) / df))
