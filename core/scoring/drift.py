"""Drift: by how much a judge's second scores of the same items differ from its first, with a clustered interval."""

from dataclasses import dataclass

import numpy as np

from core.estimate import LEVEL
from core.estimate.design import Floats, Ints
from core.estimate.levels import MINIMUM_DF
from core.estimate.resampling import ZERO
from core.estimate.student import t_quantile


@dataclass(frozen=True)
class Drift:
    """The mean of second minus first score over `n` items of `n_scenarios` scenarios, with its 95 % interval.

    `low` and `high` are None with fewer than five scenarios, and where every difference is the same.
    """

    mean: float
    low: float | None
    high: float | None
    n: int
    n_scenarios: int


def drift(differences: Floats, scenarios: Ints) -> list[Drift]:
    """Return the drift in each column of `differences` (N items, C), N > 0; `scenarios` (N) holds each item's scenario.

    The variance is the delete-one-scenario jackknife, (G-1)/G Σ (m_g - mean of m)² with m_g the mean without scenario
    g, and t has G - 1 degrees of freedom (Efron and Tibshirani 1993, chapter 11; groups as in Wolter 2007, chapter 4).
    With one item a scenario this is the paired t interval, mean ± t · sd/√n.
    """
    n, (codes, group) = len(differences), np.unique(scenarios, return_inverse=True)
    g = len(codes)
    sums = np.zeros((g, differences.shape[1]))
    np.add.at(sums, group, differences)
    mean = differences.mean(axis=0)
    if g - 1 < MINIMUM_DF:
        return [Drift(float(value), None, None, n, g) for value in mean]
    without = (sums.sum(axis=0) - sums) / (n - np.bincount(group))[:, None]
    se = np.sqrt((g - 1) / g * ((without - without.mean(axis=0)) ** 2).sum(axis=0))
    reach = float(t_quantile(g - 1, 1 - (1 - LEVEL) / 2)) * se
    return [
        Drift(float(m), None, None, n, g) if s <= ZERO else Drift(float(m), float(m - r), float(m + r), n, g)
        for m, s, r in zip(mean, se, reach, strict=True)
    ]
