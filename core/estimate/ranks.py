"""Rank intervals from all pairwise differences, simultaneous over all pairs, by a step-down procedure."""

from collections.abc import Sequence
from itertools import combinations

from core.estimate.bands import separated
from core.estimate.design import Design, Fit
from core.estimate.judge_cells import compared


def rank_intervals(design: Design, fitted: Fit, cells: Sequence[int], seed: int) -> dict[int, tuple[int, int]]:
    """Return (rank_low, rank_high) of each cell: 1 + the surely better ones, and all cells minus the surely worse ones.

    A pair without an interval is not separated.
    """
    pairs = list(combinations(cells, 2))
    better, worse = dict.fromkeys(cells, 0), dict.fromkeys(cells, 0)
    if pairs:
        found = compared(design, fitted, pairs)
        surely = separated(design, found, seed)
        for (left, right), difference, separate in zip(pairs, found.estimate, surely, strict=True):
            if separate:
                winner, loser = (left, right) if difference > 0 else (right, left)
                better[loser] += 1
                worse[winner] += 1
    return {cell: (1 + better[cell], len(cells) - worse[cell]) for cell in cells}
