"""Rank intervals from all pairwise differences, simultaneous over all pairs, by a step-down procedure."""

from collections.abc import Sequence
from itertools import combinations
from weakref import WeakKeyDictionary

import numpy as np

from core.estimate.bands import separated
from core.estimate.design import Design, Fit
from core.estimate.differences import Differences, Mask, Pair
from core.estimate.judge_cells import compared


def rank_intervals(design: Design, fitted: Fit, cells: Sequence[int], seed: int) -> dict[int, tuple[int, int]]:
    """Return (rank_low, rank_high) of each cell: 1 + the surely better ones, and all cells minus the surely worse ones.

    A pair without an interval is not separated. What was asked of a fit last is remembered with it.
    """
    wanted = (tuple(cells), seed)
    known = _LAST.get(fitted)
    if known is None or known[0] != wanted:
        known = _LAST[fitted] = (wanted, _rank_intervals(design, fitted, cells, seed))
    return known[1]


Ranks = dict[int, tuple[int, int]]
_LAST: WeakKeyDictionary[Fit, tuple[tuple[tuple[int, ...], int], Ranks]] = WeakKeyDictionary()


def _rank_intervals(design: Design, fitted: Fit, cells: Sequence[int], seed: int) -> Ranks:
    pairs = list(combinations(cells, 2))
    better, worse = dict.fromkeys(cells, 0), dict.fromkeys(cells, 0)
    if pairs:
        found, surely = compared_pairs(design, fitted, pairs, seed)
        for (left, right), difference, separate in zip(pairs, found.estimate, surely, strict=True):
            if separate:
                winner, loser = (left, right) if difference > 0 else (right, left)
                better[loser] += 1
                worse[winner] += 1
    return {cell: (1 + better[cell], len(cells) - worse[cell]) for cell in cells}


def compared_pairs(design: Design, fitted: Fit, pairs: Sequence[Pair], seed: int) -> tuple[Differences, Mask]:
    """Return the differences of the pairs, and which of them are separated.

    Where data are uneven the exact df of all pairs takes longer than all else, so only those have it that it decides.
    """
    exactly = np.zeros(len(pairs), bool)
    while True:
        found = compared(design, fitted, pairs, exactly=exactly)
        surely, doubtful = separated(design, found, seed)
        if not doubtful.any():
            return found, surely
        exactly |= doubtful
