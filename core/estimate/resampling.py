"""The studentized, linearized bootstrap over scenarios: t statistics of many pairs of cells in the same resamples."""

from functools import lru_cache
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from core.estimate.design import Floats, Ints
from core.estimate.differences import Pairs, in_blocks, paired, sides

RESAMPLES = 2_000
BATCH = 500
ZERO = 1e-10
SQUARES_AT_ONCE = 5_000_000
"""Squares of contributions that are made once for all batches: 40 MB; of more, for each batch again."""


def resampled(by_cell: Floats, pairs: Pairs, seed: int, every: int = 1) -> Floats:
    """Return |t*| of every pair in every resample (B, c), nan where its standard error vanishes.

    `by_cell` (G, K) is what each of G scenarios contributes to each cell. With w the counts of a resample and ψ a
    pair's contributions, m* = Σ w ψ and se*² = G/(G-1) Σ w (ψ - m*/G)². With `every` the columns are those of each
    so many-th pair alone, in the same resamples.
    """
    g = len(by_cell)
    by_cell = by_cell.T[:, _order(by_cell, pairs)].T
    pairs = pairs[::every]
    (left, right), blocks = sides(pairs), in_blocks(len(pairs))
    found = np.empty((len(pairs), RESAMPLES))  # a pair's numbers lie side by side: some pairs' are what is read
    squares = [paired(by_cell, pairs[block]) ** 2 for block in blocks] if g * len(pairs) <= SQUARES_AT_ONCE else None
    for start in range(0, RESAMPLES, BATCH):
        batch = slice(start, start + BATCH)
        counts = draws(g, seed)[batch].astype(np.float64)
        means = np.ascontiguousarray((counts @ by_cell).T)
        for number, block in enumerate(blocks):
            mean = means[left[block]] - means[right[block]]
            variance = counts @ (paired(by_cell, pairs[block]) ** 2 if squares is None else squares[number])
            variance = np.ascontiguousarray(variance.T)
            variance -= mean**2 / g
            variance *= g / (g - 1)
            variance[variance <= ZERO**2] = np.nan
            np.divide(np.abs(mean, out=mean), np.sqrt(variance, out=variance), out=found[block, batch])
    return found.T


_DRAWING = Lock()


def draws(g: int, seed: int) -> NDArray[np.int16]:
    """Return how often each of G scenarios is in each resample (B, G); one after the other, a board asks twice.

    Whoever knows G before the contrasts may have them drawn meanwhile: who asks next waits for that and takes it.
    """
    with _DRAWING:
        return _draws(g, seed)


@lru_cache(maxsize=1)
def _draws(g: int, seed: int) -> NDArray[np.int16]:
    generator = np.random.default_rng([seed, g, RESAMPLES])
    counts = np.empty((RESAMPLES, g), np.int16)
    for start in range(0, RESAMPLES, BATCH):
        counts[start : start + BATCH] = generator.multinomial(g, np.full(g, 1 / g), size=BATCH)
    return counts


def _order(by_cell: Floats, pairs: Pairs) -> Ints:
    """Return the scenarios sorted by what they contribute, so that neither names nor the order of rows matter."""
    keys = np.zeros((3, len(by_cell)))
    for block in in_blocks(len(pairs)):
        size = np.abs(paired(by_cell, pairs[block]))
        square = size**2
        keys += [(size * square).sum(axis=1), square.sum(axis=1), size.sum(axis=1)]
    return np.lexsort(np.round(keys, 9))
