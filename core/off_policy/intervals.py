"""Closed-form intervals of means over decisions whose users are independent of each other."""

from dataclasses import dataclass

import numpy as np

from core.estimate import LEVEL
from core.estimate.design import Floats, Ints
from core.estimate.levels import skewness_of
from core.estimate.student import t_below, t_quantile

NOTHING = 1e-12
"""Of the size of what is averaged: a smaller standard error is what rounding leaves of 0."""


@dataclass(frozen=True)
class ClusteredError:
    """The standard error of a mean over decisions, the skewness of its estimate, and G - 1 degrees of freedom."""

    se: float
    skewness: float
    df: int

    def limits(self, value: float) -> tuple[float, float]:
        """Return value ± t(G - 1) · se at 95 %."""
        half = float(t_quantile(self.df, (1 + LEVEL) / 2)) * self.se
        return value - half, value + half

    def p_value(self, difference: float) -> float:
        """Return the two-sided p of a difference, 1 or 0 where there is no error."""
        if self.se == 0.0:
            return float(abs(difference) <= NOTHING)
        return float(2 * t_below(self.df, -abs(difference) / self.se))


def clustered(influence: Floats, user: Ints, n_users: int) -> ClusteredError:
    """Return the error of a mean from its `influence` (N), each decision's share in N times the error.

    se² = G/(G-1) Σ_g S_g² / N², S_g the sum over user g of the influences about their mean: Liang and Zeger's (1986)
    linearization of a ratio of sums by user, so users may have different numbers of decisions. An error that rounding
    leaves is 0.
    """
    sums = np.bincount(user, influence - influence.mean(), n_users)
    squares = sums**2
    total = float(squares.sum())
    se = float(np.sqrt(n_users / max(n_users - 1, 1) * total)) / len(influence)
    nothing = se <= NOTHING * max(float(np.abs(influence).max()), 1.0)
    skewness = float(skewness_of(squares.sum(), (squares * sums).sum()))
    return ClusteredError(0.0 if nothing else se, 0.0 if nothing else skewness, n_users - 1)
