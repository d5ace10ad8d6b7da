"""The studentized, linearized bootstrap over scenarios: t statistics of many pairs of cells in the same resamples."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.estimate.design import Floats, Ints
from core.estimate.differences import Pair, in_blocks, paired

RESAMPLES = 2_000
BATCH = 500
ZERO = 1e-10


def resampled(by_cell: Floats, pairs: Sequence[Pair], seed: int, every: int = 1) -> Floats:
    """Return |t*| of every pair in every resample (B, c), nan where its standard error vanishes.

    `by_cell` (G, K) is what each of G scenarios contributes to each cell. With w the counts of a resample and ψ a
    pair's contributions, m* = Σ w ψ and se*² = G/(G-1) Σ w (ψ - m*/G)². With `every` the columns are those of each
    so many-th pair alone, in the same resamples.
    """
    g = len(by_cell)
    by_cell = by_cell.T[:, _order(by_cell, pairs)].T
    pairs = pairs[::every]
    found, blocks = np.empty((RESAMPLES, len(pairs))), in_blocks(len(pairs))
    for start in range(0, RESAMPLES, BATCH):
        batch = slice(start, start + BATCH)
        counts = _counts(g, seed)[batch].astype(np.float64)
        means = counts @ by_cell
        for block in blocks:
            mean = paired(means, pairs[block])
            variance = counts @ paired(by_cell, pairs[block]) ** 2
            variance -= mean**2 / g
            variance *= g / (g - 1)
            variance[variance <= ZERO**2] = np.nan
            np.divide(np.abs(mean, out=mean), np.sqrt(variance, out=variance), out=found[batch, block])
    return found


@lru_cache(maxsize=1)
def _counts(g: int, seed: int) -> NDArray[np.int16]:
    """Return how often each of G scenarios is in each resample (B, G); one after the other, a board asks twice."""
    generator = np.random.default_rng([seed, g, RESAMPLES])
    counts = np.empty((RESAMPLES, g), np.int16)
    for start in range(0, RESAMPLES, BATCH):
        counts[start : start + BATCH] = generator.multinomial(g, np.full(g, 1 / g), size=BATCH)
    return counts


def _order(by_cell: Floats, pairs: Sequence[Pair]) -> Ints:
    """Return the scenarios sorted by what they contribute, so that neither names nor the order of rows matter."""
    keys = np.zeros((3, len(by_cell)))
    for block in in_blocks(len(pairs)):
        size = np.abs(paired(by_cell, pairs[block]))
        square = size**2
        keys += [(size * square).sum(axis=1), square.sum(axis=1), size.sum(axis=1)]
    return np.lexsort(np.round(keys, 9))
