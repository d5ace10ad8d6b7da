"""Rank intervals from all pairwise differences, simultaneous over all pairs."""

from collections.abc import Sequence
from itertools import combinations

from core.estimate.bands import critical_values
from core.estimate.design import Design, Fit
from core.estimate.differences import differences


def rank_intervals(design: Design, fitted: Fit, cells: Sequence[int], seed: int) -> dict[int, tuple[int, int]]:
    """Return (rank_low, rank_high) of each cell: 1 + the surely better ones, and all cells minus the surely worse ones.

    A pair without an interval is not separated.
    """
    pairs = list(combinations(cells, 2))
    better, worse = dict.fromkeys(cells, 0), dict.fromkeys(cells, 0)
    if pairs:
        found = differences(design, fitted, pairs)
        reach = critical_values(design, found, seed) * found.se
        for (left, right), difference, margin in zip(pairs, found.estimate, reach, strict=True):
            if difference > margin:
                better[right] += 1
                worse[left] += 1
            elif difference < -margin:
                better[left] += 1
                worse[right] += 1
    return {cell: (1 + better[cell], len(cells) - worse[cell]) for cell in cells}
