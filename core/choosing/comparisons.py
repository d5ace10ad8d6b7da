"""Every cell against each other one as the best, with one-sided simultaneous limits: Hsu's comparisons with the best.

Hsu (1984, 1996), with critical values of Dunnett's kind for each cell as the control, that is as the best; limits are
moved out by the skewness of their estimate, as the Cornish-Fisher expansion of Student's t has it (Hall 1988).
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from core.estimate.bands import in_family
from core.estimate.design import Floats
from core.estimate.differences import Mask, moments
from core.estimate.judge_cells import compared
from core.estimate.levels import MINIMUM_DF
from core.estimate.resampling import ZERO
from core.estimate.student import chi_square_quantile, t_quantile
from core.scoring.fitted_means import FittedMeans

FEWEST_SCENARIOS = 40
"""With fewer scenarios in any compared pair Bonferroni's value stands: influences say too little of correlations."""
DRAWS, FEWER_DRAWS = 40_000, 10_000
LEAST_DRAWN = 0.01
"""Of a smaller error, which an early look has, too few draws lie beyond."""
MANY_CELLS = 30
"""With more cells fewer are drawn, and degrees of freedom of uneven data are lower bounds."""


@dataclass(frozen=True)
class Comparisons:
    """K scored cells, first minus second, in rubric units: `diff`, its `se` (K, K), and `skew`, how far it leans down.

    `error` (K, K) is what lower limits rest on where differences crowd, else `se`. `skew` is the skewness of the
    estimate with its sign turned, 0 where that is not negative. `has_limits` (K, K) says which pairs have an interval,
    and `same` which differ in no scenario. `times` (K) is the multiple of the error by which all others' lower limits
    against a cell hold at once, one-sided, `both_sides` (K) that for limits on both sides. `scaled` says of a place
    how many times as many scenarios that cell needs to be within the margin of all others with 80 %, if there is no
    difference, nan where that is not known; it computes that anew. `scenarios` is their number.
    """

    cells: tuple[int, ...]
    diff: Floats
    se: Floats
    error: Floats
    skew: Floats
    has_limits: Mask
    same: Mask
    times: Floats
    both_sides: Floats
    scaled: Callable[[int], float]
    scenarios: int

    def lower(self, place: int, other: int) -> float:
        """Return the lower limit of a cell minus another, at once with those of all cells minus that one.

        So if the other one is the best, all hold at once with the level. It is the difference itself where both are
        the same, and minus infinity where the pair has no interval.
        """
        if self.same[place, other]:
            return float(self.diff[place, other])
        if not self.has_limits[place, other]:
            return -np.inf
        return float(self.diff[place, other] - self._reach(place, other, float(self.times[other])))

    def within(self, place: int, other: int, margin: float) -> bool:
        """Return whether both simultaneous limits of the difference lie within the margin."""
        off, back = self.diff[place, other], self.diff[other, place]
        if self.same[place, other]:
            return bool(abs(off) <= margin)
        if not self.has_limits[place, other]:
            return False
        times = float(max(self.both_sides[place], self.both_sides[other]))
        return bool(min(off - self._reach(place, other, times), back - self._reach(other, place, times)) >= -margin)

    def _reach(self, place: int, other: int, times: float) -> float:
        """Return how far a lower limit lies below the difference."""
        skewed = leaning(times, float(self.skew[place, other])) * self.se[place, other]
        return float(max(times * self.error[place, other], skewed))


def leaning(times: float, skew: float) -> float:
    """Return a critical value of t where the estimate leans down by `skew`: times + skew · (2 times² + 1) / 6.

    The first terms of the Cornish-Fisher expansion of Student's t (Hall 1988, Annals of Statistics 16, 927-953).
    """
    return times + skew * (2 * times**2 + 1) / 6


def compare_all(got: FittedMeans, span: float, margin: float, seed: int, level: float = 0.95) -> Comparisons:
    """Return the comparisons of all cells with a score; `span` is the length of the scale, `level` that of one look."""
    k = len(got.cells)
    pairs = list(combinations(range(k), 2))
    few = k <= MANY_CELLS
    found = compared(got.design, got.fit, pairs, exactly=None if few else np.zeros(len(pairs), bool))
    diff, (se, error, df) = np.zeros((k, k)), np.full((3, k, k), np.nan)
    known, same = np.zeros((k, k), bool), np.eye(k, dtype=bool)
    left, right = (np.array([pair[side] for pair in pairs], np.int64) for side in (0, 1))
    diff[left, right], diff[right, left] = found.estimate * span, -found.estimate * span
    se[left, right] = se[right, left] = found.se * span
    error[left, right], error[right, left] = found.below * span, found.above * span
    df[left, right] = df[right, left] = found.df
    known[left, right] = known[right, left] = in_family(found)
    # Of fewer scenarios whole marks are equal by chance, or since the judge tells no tip from another.
    equal = (found.se <= ZERO) & (found.fewest > MINIMUM_DF)
    same[left, right] = same[right, left] = equal
    shared = got.design.shared[left, right].min(initial=got.design.n_scenarios)
    draws = Draws(found.by_cell, DRAWS if few else FEWER_DRAWS, seed) if shared >= FEWEST_SCENARIOS else None
    times, both = np.zeros((2, k))
    for place in range(k):
        others = np.flatnonzero(known[place])
        if not len(others):
            continue
        least = float(df[place, others].min())
        times[place] = bonferroni(least, level, k - 1)
        both[place] = bonferroni(least, 1 - (1 - level) / 2, k - 1)
        if draws is not None and 1 - level >= LEAST_DRAWN:
            normal, spread = draws.normal(place, others), draws.spread(least)
            above, below = normal.max(axis=0), normal.min(axis=0)
            times[place] = min(times[place], np.quantile(above / spread, level))
            both[place] = min(both[place], np.quantile(np.maximum(above, -below) / spread, level))

    def scaled(place: int) -> float:
        others = np.flatnonzero(known[place])
        if margin <= 0 or not len(others):
            return np.nan
        if not (known | same)[place].all() or not np.isfinite(times[others]).all():
            return np.nan
        normal = _alone(place, len(others), seed) if draws is None else draws.normal(place, others, FEWER_DRAWS)
        return _scaled(normal, times[others], error[place, others] / margin)

    return Comparisons(
        tuple(got.cells.tolist()), diff, se, error, leaning_down(found.by_cell), known, same, times, both, scaled,
        int(got.design.n_scenarios),
    )  # fmt: skip


def leaning_down(by_cell: Floats) -> Floats:
    """Return the negative skewness (K, K) of the estimates of first minus second, as a positive number, else 0.

    `by_cell` (G, K) is what each scenario contributes to each cell.
    """
    left, right = np.indices((by_cell.shape[1],) * 2)
    _, skewness, cancelled = moments(by_cell, left, right)
    return np.where(cancelled, 0.0, np.maximum(-skewness, 0.0))


def bonferroni(df: float, level: float, others: int) -> float:
    """Return the one-sided value of t by which so many limits hold at once, whatever their correlations."""
    return float(t_quantile(df, 1 - (1 - level) / max(1, others)))


CHANCE = 0.8


def _alone(place: int, others: int, seed: int) -> Floats:
    """Return differences (c, B) as if all were independent, which asks for more; how they depend is not known."""
    return np.random.default_rng([seed, place]).standard_normal((FEWER_DRAWS, others)).T


def _scaled(normal: Floats, times: Floats, errors: Floats) -> float:
    """Return by how much the number of scenarios must grow so that all lower limits reach the margin with CHANCE.

    With r times the root of the scenarios, errors are r times smaller: each draw of `normal` (c, B), which is used up,
    says which r it needs.
    """
    np.subtract(times[:, None], normal, out=normal)
    normal *= errors[:, None]
    needed = np.quantile(normal.max(axis=0), CHANCE)
    return float(max(needed, 0.0) ** 2)


class Draws:
    """Normal draws of all cells with the covariance of their influences, and chi-square draws, equal for all."""

    def __init__(self, by_cell: Floats, count: int, seed: int) -> None:
        covariance = by_cell.T @ by_cell
        values, vectors = np.linalg.eigh(covariance)
        root = vectors * np.sqrt(np.maximum(values, 0.0))
        generator = np.random.default_rng([seed, *by_cell.shape])
        self._cells = np.ascontiguousarray((generator.standard_normal((count, len(root))) @ root.T).T)
        own = np.diag(covariance)
        self._spread = np.sqrt(np.maximum(own[:, None] + own[None, :] - 2 * covariance, 0.0))
        self._chances = generator.uniform(size=count)
        self._known: dict[float, Floats] = {}

    def normal(
        self, place: int, others: "np.ndarray[tuple[int], np.dtype[np.int64]]", most: int | None = None
    ) -> Floats:
        """Return standardized differences (c, B) of a cell to others, of all draws or at most so many."""
        found = self._cells[others, :most]
        np.subtract(self._cells[place, :most], found, out=found)
        found /= np.maximum(self._spread[place, others], ZERO)[:, None]
        return found

    def spread(self, df: float) -> Floats:
        """Return the standard deviation (B) of each draw over the true one; differences divided by it are t's."""
        if df not in self._known:
            self._known[df] = np.sqrt(chi_square_quantile(df, self._chances) / df)
        return self._known[df]
