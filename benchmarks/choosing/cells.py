"""Populations of K cells at given distances from the best one, in scores from 0 to 1: seeded draws of many experiments.

A point of a scale from 1 to 5 is a quarter. By itself the difference of two equal cells in a scenario has a standard
deviation of 0.92 points before it is rounded or cut.
"""

from collections.abc import Callable

import numpy as np
from scipy.special import ndtr

from benchmarks.coverage.populations import CUTS, POINT, Floats, Generator

NOISE = 0.92 / np.sqrt(2)
EASY = 0.3
"""Points: a cell's own noise in a scenario, and the scenario's effect on all cells."""
Cells = Callable[[Generator, int, Floats, int], Floats]
"""Called with a generator, the number of experiments R, the cells' distances (K) and the scenarios G: (R, K, G, J)."""


def gaussian(rng: Generator, runs: int, gaps: Floats, scenarios: int) -> Floats:
    """Draw normal scores by one judge, nowhere cut."""
    points = _latent(rng, runs, len(gaps), scenarios) * POINT
    return np.asarray(0.6 - gaps[:, None] + points)[..., None]


def five_points(centre: float) -> Cells:
    """Return scores of 1 to 5 by one judge, of which the best cell's lie round `centre` before they are rounded."""
    spread = np.hypot(NOISE, EASY)
    grid = np.linspace(centre - 3, centre, 3001)
    truth = POINT * ndtr((grid[:, None] - CUTS) / spread).sum(axis=1)

    def draw(rng: Generator, runs: int, gaps: Floats, scenarios: int) -> Floats:
        centres = np.interp(truth[-1] - gaps, truth, grid)
        points = centres[:, None] + _latent(rng, runs, len(gaps), scenarios)
        return np.asarray(POINT * (points[..., None] > CUTS).sum(axis=-1))[..., None]

    return draw


def zero_or_one(rng: Generator, runs: int, gaps: Floats, scenarios: int) -> Floats:
    """Draw whether each scenario is passed, by the best cell 90 % of them."""
    ranks = ndtr(_latent(rng, runs, len(gaps), scenarios) / np.hypot(NOISE, EASY))
    return np.asarray(ranks < (0.9 - gaps)[:, None], np.float64)[..., None]


def crowded(rng: Generator, runs: int, gaps: Floats, scenarios: int) -> Floats:
    """Draw win probabilities that are nearly 0 in most scenarios; the best cell's mean is .12."""
    high = ndtr(_latent(rng, runs, len(gaps), scenarios) / np.hypot(NOISE, EASY)) < ((0.12 - gaps) / 0.6)[:, None]
    return np.where(high, rng.beta(3, 2, high.shape), 0.0)[..., None]


def with_holes(rng: Generator, runs: int, gaps: Floats, scenarios: int) -> Floats:
    """Draw three judges, one a point more lenient, each of whom misses three scores in ten."""
    shape = (runs, len(gaps), scenarios, 3)
    points = _latent(rng, runs, len(gaps), scenarios)[..., None] + np.array([-0.2, 0.0, 1.0])
    points = points + rng.normal(0, 0.35, shape)
    values = 0.5 - gaps[:, None, None] + POINT * points
    return np.where(rng.random(shape) < 0.3, np.nan, values)


def _latent(rng: Generator, runs: int, cells: int, scenarios: int) -> Floats:
    own = rng.normal(0, NOISE, (runs, cells, scenarios))
    return np.asarray(own + rng.normal(0, EASY, (runs, 1, scenarios)))
