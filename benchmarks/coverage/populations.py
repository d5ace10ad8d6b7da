"""Populations of scores whose true means are known: seeded draws of many experiments at once.

Scores lie from 0 to 1. What is given in points is of a scale from 1 to 5, on which a point is a quarter of that.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Generator = np.random.Generator

POINT = 0.25
CUTS = np.array([1.5, 2.5, 3.5, 4.5])
SHARES = (0.03, 0.04, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75)
"""How easily a win probability of each crowded cell is high."""


@dataclass(frozen=True)
class Drawn:
    """R experiments: `values` (R, K cells, G scenarios, J judges), nan where nobody scored, and `truth` (R, K).

    `truth` is the mean over scenarios and these judges, every judge weighing the same. `areas` (G) codes the areas that
    the draw is stratified by, or is None. The first scenarios of a draw are a draw of that size if `areas` is None.
    """

    values: Floats
    truth: Floats
    areas: Ints | None = None


Population = Callable[[Generator, int, int], Drawn]
"""Called with a generator, the number of experiments R and that of scenarios G."""


def rows(values: Floats) -> tuple[Ints, Ints, Ints, Floats]:
    """Return cell, scenario, judge and score of every score of one experiment (K, G, J)."""
    cell, scenario, judge = np.nonzero(~np.isnan(values))
    return cell, scenario, judge, values[cell, scenario, judge]


def with_holes(population: Population, share: float) -> Population:
    """Return the population with this share of its (cell, scenario, judge) scores missing at random."""

    def draw(rng: Generator, runs: int, scenarios: int) -> Drawn:
        whole = population(rng, runs, scenarios)
        return Drawn(np.where(rng.random(whole.values.shape) < share, np.nan, whole.values), whole.truth, whole.areas)

    return draw


def gaussian(rng: Generator, runs: int, scenarios: int) -> Drawn:
    """Draw four cells and two judges with normal effects, the last cell's noise twice the first one's."""
    centres = np.array([2.6, 2.8, 3.0, 3.2])
    points = centres[:, None, None] + _effects(rng, (runs, 4, scenarios, 2), noise=np.linspace(0.25, 0.5, 4))
    return Drawn(_on_scale(points), _repeat((centres - 1) * POINT, runs))


def five_points(rng: Generator, runs: int, scenarios: int) -> Drawn:
    """Draw four cells in the middle of a 5-point scale, one of two judges half a point harsher."""
    return _rounded(rng, runs, scenarios, centres=np.array([2.6, 2.9, 3.2, 3.5]), severity=np.array([0.25, -0.25]))


def five_points_high(rng: Generator, runs: int, scenarios: int) -> Drawn:
    """Draw four cells of whose scores 30 to 60 % are at the top of a 5-point scale, with two judges."""
    return _rounded(rng, runs, scenarios, centres=np.array([4.0, 4.2, 4.5, 4.7]), severity=np.array([0.25, -0.25]))


def by_area(rng: Generator, runs: int, scenarios: int) -> Drawn:
    """Draw from three areas that differ by a point, in shares of .5, .3 and .2: `scenarios` is a multiple of ten."""
    areas = np.repeat([0, 1, 2], np.array([5, 3, 2]) * (scenarios // 10))
    centres, shifts = np.array([2.6, 2.8, 3.0, 3.2]), np.array([-0.5, 0.0, 0.5])
    points = centres[:, None, None] + shifts[areas][:, None] + _effects(rng, (runs, 4, scenarios, 2))
    return Drawn(_on_scale(points), _repeat((centres + shifts[areas].mean() - 1) * POINT, runs), areas)


def lenient_judge(rng: Generator, runs: int, scenarios: int) -> Drawn:
    """Draw three judges, one a point more lenient, who scored 90 % of the first cell and 40 % of the last.

    The harshest scored 50 and 90 % of them, the third 70 % of every cell.
    """
    centres, severity = np.array([2.4, 2.6, 2.8, 3.0]), np.array([-0.2, 0.0, 1.0])
    points = centres[:, None, None] + severity + _effects(rng, (runs, 4, scenarios, 3))
    seen = np.stack([np.array([0.5, 0.6, 0.8, 0.9]), np.full(4, 0.7), np.array([0.9, 0.8, 0.5, 0.4])], axis=1)
    points[rng.random(points.shape) > seen[:, None, :]] = np.nan
    return Drawn(_on_scale(points), _repeat((centres + severity.mean() - 1) * POINT, runs))


def uneven_judges(rng: Generator, runs: int, scenarios: int) -> Drawn:
    """Draw three judges who each like other cells (judge × cell sd .25 points) and saw other parts of each cell.

    Judge j scored cell k in 90, 60 or 30 % of the scenarios by (j + k) mod 3. The likings are drawn anew for every
    experiment; the truth is the mean of these three judges.
    """
    centres = np.array([2.8, 2.9, 3.0, 3.1, 3.2])
    liking = rng.normal(0, 0.25, (runs, 5, 1, 3))
    points = centres[:, None, None] + liking + _effects(rng, (runs, 5, scenarios, 3))
    seen = np.array([0.9, 0.6, 0.3])[np.add.outer(np.arange(5), np.arange(3)) % 3]
    points[rng.random(points.shape) > seen[:, None, :]] = np.nan
    return Drawn(_on_scale(points), (centres + liking.mean(axis=(2, 3)) - 1) * POINT)


def crowded(rng: Generator, runs: int, scenarios: int) -> Drawn:
    """Draw eight cells of win probabilities, nearly 0 but where a scenario is easy enough for the cell."""
    shares = np.array(SHARES)[:, None, None]
    shape = (runs, len(SHARES), scenarios, 1)
    high = 0.6 * rng.random(shape) + 0.4 * rng.random((runs, 1, scenarios, 1)) < shares
    values = np.where(high, rng.beta(3, 2, shape), 10 ** -rng.uniform(3, 9, shape))
    often = np.array([_sum_below(share) for share in SHARES])
    low = (1e-3 - 1e-9) / (6 * np.log(10))
    return Drawn(values, _repeat(0.6 * often + low * (1 - often), runs))


def crowded_high(rng: Generator, runs: int, scenarios: int) -> Drawn:
    """Draw the mirror image of `crowded`: shares that are nearly 1 but where a scenario is hard enough."""
    low = crowded(rng, runs, scenarios)
    return Drawn(1 - low.values, 1 - low.truth)


def ceiling(top: float) -> Population:
    """Return one judge's scores in three cells of a 5-point scale, the share `top` of them fives and fewer by steps."""
    given = np.array([[0.0, 0.02, 0.08, 0.9], [0.1, 0.1, 0.2, 0.6], [0.5, 0.2, 0.2, 0.1]]) * (1 - top)
    chances = np.column_stack([given, np.full(3, top)])
    values = np.arange(5) * POINT

    def draw(rng: Generator, runs: int, scenarios: int) -> Drawn:
        ranks = _alike(rng, (runs, 3, scenarios))
        steps = (ranks[..., None] >= np.cumsum(chances, axis=1)[:, None, :-1]).sum(axis=-1)
        return Drawn(values[steps][..., None], _repeat(chances @ values, runs))

    return draw


def zero_or_one(rng: Generator, runs: int, scenarios: int) -> Drawn:
    """Draw one judge's scores of 0 or 1 in six cells that pass 5, 20, 50, 80, 90 and 97 % of scenarios."""
    chances = np.array([0.05, 0.2, 0.5, 0.8, 0.9, 0.97])
    passed = _alike(rng, (runs, 6, scenarios)) < chances[:, None]
    return Drawn(passed[..., None].astype(np.float64), _repeat(chances, runs))


def _effects(rng: Generator, shape: tuple[int, int, int, int], noise: Floats | float = 0.35) -> Floats:
    """Draw a scenario's effect (sd .3 points), its effect on a cell (.3) and noise (.35, or by cell)."""
    runs, cells, scenarios, _ = shape
    spread = np.broadcast_to(noise, cells)[:, None, None]
    own = rng.normal(0, 0.3, (runs, cells, scenarios, 1)) + rng.normal(0, 0.3, (runs, 1, scenarios, 1))
    return np.asarray(own + spread * rng.normal(size=shape))


def _rounded(rng: Generator, runs: int, scenarios: int, *, centres: Floats, severity: Floats) -> Drawn:
    """Draw points that are rounded and cut at 1 and 5; twice the effects of `_effects`."""
    middle = centres[:, None] + severity
    points = middle[:, None, :] + 2 * _effects(rng, (runs, len(centres), scenarios, len(severity)))
    spread = 2 * np.sqrt(0.3**2 + 0.3**2 + 0.35**2)
    truth = POINT * ndtr((middle[..., None] - CUTS) / spread).sum(axis=-1).mean(axis=-1)
    return Drawn(POINT * (points[..., None] > CUTS).sum(axis=-1), _repeat(truth, runs))


def _on_scale(points: Floats) -> Floats:
    return np.clip((points - 1) * POINT, 0, 1)


def _repeat(truth: Floats, runs: int) -> Floats:
    return np.tile(truth, (runs, 1))


def _alike(rng: Generator, shape: tuple[int, int, int]) -> Floats:
    """Draw uniform ranks (runs, cells, scenarios) that share a part by scenario: a scenario is easy for all or none."""
    own = rng.normal(0, np.sqrt(0.6), shape) + rng.normal(0, np.sqrt(0.4), (shape[0], 1, shape[2]))
    return np.asarray(ndtr(own))


def _sum_below(share: float) -> float:
    """Return how likely .6 U + .4 V < share is for U and V uniform from 0 to 1."""
    if share <= 0.4:
        return share**2 / 0.48
    return (share - 0.2) / 0.6 if share <= 0.6 else 1 - (1 - share) ** 2 / 0.48
