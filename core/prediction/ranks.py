"""Spearman's rank correlation, with ties and an interval."""

import numpy as np

from core.estimate import LEVEL
from core.estimate.design import Floats
from core.estimate.student import normal_quantile


def mean_ranks(values: Floats) -> Floats:
    """Return the ranks (n) from 1 on, equal values having the mean of theirs."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return np.asarray((ends - (counts - 1) / 2)[places])


def spearman(one: Floats, other: Floats) -> float:
    """Return the correlation of the ranks, nan where one of them has equal values alone: Spearman (1904)."""
    a, b = (ranks - ranks.mean() for ranks in (mean_ranks(one), mean_ranks(other)))
    scale = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / scale if scale > 0 else float("nan")


def spearman_limits(correlation: float, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a rank correlation over n > 3 pairs: Bonett and Wright (2000).

    tanh(atanh r ± z √((1 + r²/2) / (n - 3))). A correlation of 1 or -1 is taken as that of one pair of neighbours
    exchanged, 1 - 12 / (n (n² - 1)), since no sample of ranks proves that there is no exception.
    """
    most = 1 - 12 / (n * (n * n - 1))
    r = min(max(correlation, -most), most)
    half = float(normal_quantile((1 + LEVEL) / 2)) * np.sqrt((1 + r * r / 2) / (n - 3))
    return float(np.tanh(np.arctanh(r) - half)), float(np.tanh(np.arctanh(r) + half))
