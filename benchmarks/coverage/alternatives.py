"""What other methods cover, and how wide they are, where differences of cells crowd at an end of the scale."""

from functools import lru_cache

import numpy as np

from benchmarks.coverage.differences import fitted_scores, limits
from benchmarks.coverage.populations import Floats, Population
from core.estimate.bands import in_family
from core.estimate.crowded import reaches
from core.estimate.design import Design, Fit
from core.estimate.differences import Differences, Pair, paired, sides
from core.estimate.judge_cells import compared
from core.estimate.levels import levels
from core.estimate.resampling import ZERO
from core.estimate.student import t_quantile

RESAMPLES = 999
LEVEL = 0.95
TAIL = (1 - LEVEL) / 2
METHODS = (
    "t",
    "bootstrap-t",
    "symmetric bootstrap-t",
    "the two levels' limits",
    "the larger error on both sides",
    "t joined with Agresti and Min's",
)
Limits = tuple[Floats, Floats]


def alternatives(population: Population, scenarios: int, runs: int, seed: int = 0) -> list[tuple[float, float]]:
    """Return for each of METHODS the least coverage of any pair of cells, and the largest mean width over that of t.

    The population has no holes. Both are over the experiments in which a pair has an interval, at nominal 95 %; limits
    are cut where differences end, at -1 and 1.
    """
    drawn = population(np.random.default_rng([seed, scenarios]), runs, scenarios)
    left, right = np.triu_indices(drawn.truth.shape[1], 1)
    pairs = list(zip(left.tolist(), right.tolist(), strict=True))
    true = drawn.truth[:, left] - drawn.truth[:, right]
    found, given = [], []
    for values in drawn.values:
        design, fitted = fitted_scores(values)
        differences = compared(design, fitted, pairs)
        given.append(in_family(differences))
        with np.errstate(invalid="ignore"):
            found.append(_by_method(values.mean(axis=2), design, fitted, differences))
    counted = np.array(given)
    covered, widths = np.empty((2, len(METHODS), len(pairs)))
    for number in range(len(METHODS)):
        low, high = (np.where(counted, np.array([own[number][side] for own in found]), np.nan) for side in (0, 1))
        covered[number] = ((low <= true) & (true <= high)).sum(axis=0) / counted.sum(axis=0)
        widths[number] = np.nansum(np.clip(high, -1, 1) - np.clip(low, -1, 1), axis=0)
    wider = (widths / widths[0]).max(axis=1)
    return list(zip(covered.min(axis=1).tolist(), wider.tolist(), strict=True))


def _by_method(means: Floats, design: Design, fitted: Fit, found: Differences) -> list[Limits]:
    """Return the limits of all pairs by each of METHODS from an experiment's scenario means (K, G)."""
    point, se = found.estimate, found.se
    t = t_quantile(np.where(in_family(found), found.df, 1.0), 1 - TAIL)
    studentized = _studentized(found.by_cell, found.pairs)
    low, high = _quantile(studentized, TAIL), _quantile(studentized, 1 - TAIL)
    either = _quantile(np.abs(studentized), LEVEL)
    larger = t * np.maximum(found.below, found.above)
    return [
        limits(found, t * se, t * se),
        (point - high * se, point - low * se),
        (point - either * se, point + either * se),
        _of_levels(means, design, fitted, found.pairs),
        (point - larger, point + larger),
        limits(found, t * found.below, t * found.above),
    ]


def _studentized(by_cell: Floats, pairs: tuple[Pair, ...]) -> Floats:
    """Return m*/se* of every pair in every resample of scenarios (B, c), nan where no spread is left."""
    g, counts = len(by_cell), _counts(len(by_cell))
    mean = paired(counts @ by_cell, pairs)
    variance = g / (g - 1) * (counts @ paired(by_cell, pairs) ** 2 - mean**2 / g)
    return np.asarray(mean / np.sqrt(np.where(variance > ZERO**2, variance, np.nan)))


def _quantile(values: Floats, share: float) -> Floats:
    """Return the quantile of each column (B, c) over what is not nan; nan where nothing is left."""
    ordered, count = np.sort(values, axis=0), (~np.isnan(values)).sum(axis=0)
    place = np.clip(np.ceil(share * (count + 1)).astype(np.int64) - 1, 0, np.maximum(count - 1, 0))
    return np.asarray(np.take_along_axis(ordered, place[None, :], axis=0)[0])


@lru_cache(maxsize=1)
def _counts(g: int) -> Floats:
    return np.random.default_rng(g).multinomial(g, np.full(g, 1 / g), size=RESAMPLES).astype(np.float64)


def _of_levels(means: Floats, design: Design, fitted: Fit, pairs: tuple[Pair, ...]) -> Limits:
    """Return what Zou and Donner (2008) recover from the limits of the two levels and their correlation."""
    level = levels(design, fitted, None)
    ends = np.asarray(((means <= ZERO) | (means >= 1 - ZERO)).all(axis=1))[:, None]
    found = reaches(level, level.estimate, np.full(len(means), float(means.shape[1])), ends)
    left, right = sides(pairs)
    point, below, above = (of[:, 0] for of in (level.estimate, found.below, found.above))
    correlation = np.asarray(np.nan_to_num(np.corrcoef(means)))[left, right]
    down = _joined(below[left], above[right], correlation)
    up = _joined(above[left], below[right], correlation)
    return point[left] - point[right] - down, point[left] - point[right] + up


def _joined(left: Floats, right: Floats, correlation: Floats) -> Floats:
    return np.sqrt(np.maximum(left**2 + right**2 - 2 * correlation * left * right, 0.0))
