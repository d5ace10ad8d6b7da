"""Two judges on the tips that both have scored: how often they say the same, and by how much they differ."""

import numpy as np
from numpy.typing import NDArray

Agreement = tuple[int, float, float, float]
"""Count of tips, share of equal values, share of values at most one apart, mean of the second minus the first."""


def agreement(
    first: NDArray[np.float64], second: NDArray[np.float64], *, adjacent_within: float = 1.0
) -> Agreement | None:
    """Return how two arrays of values for the same tips compare, None where no tip has both; NaN is no value.

    Values are adjacent when they differ by at most `adjacent_within`, in the units of the rubric.
    """
    both = ~(np.isnan(first) | np.isnan(second))
    differences = second[both] - first[both]
    if not len(differences):
        return None
    size = np.abs(differences)
    exact, adjacent = np.mean(size == 0), np.mean(size <= adjacent_within)
    return len(differences), float(exact), float(adjacent), float(np.mean(differences))
