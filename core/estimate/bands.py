"""Simultaneous critical values: a studentized, linearized bootstrap over scenarios, or Bonferroni where it may not."""

import numpy as np
from scipy.special import stdtrit

from core.estimate.design import Design, Floats, Ints
from core.estimate.differences import Differences
from core.estimate.levels import MINIMUM_DF

RESAMPLES = 2_000
LEVEL = 0.95
FEWEST_SHARED = 30
BATCH = 100
ZERO = 1e-10


def in_family(found: Differences) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return which contrasts have an interval: estimable, with spread, and with at least 4 degrees of freedom."""
    with np.errstate(invalid="ignore"):
        return np.asarray(np.isfinite(found.se) & (found.se > ZERO) & (found.df >= MINIMUM_DF))


def critical_values(design: Design, found: Differences, seed: int) -> Floats:
    """Return for each contrast (c) the multiple of its se that covers the family at once with 95 %, nan outside it.

    The studentized bootstrap draws scenarios with multinomial counts, linearizes each contrast by its influence and
    takes the 95 % quantile of the largest |m*|/se*. Bonferroni with each contrast's own df is used instead where two
    compared cells share under 30 scenarios or se* vanishes in over 1 % of the resamples.
    """
    family = in_family(found)
    values = np.full(len(found.pairs), np.nan)
    if not family.any():
        return values
    shared = [design.shared[pair] for pair, inside in zip(found.pairs, family, strict=True) if inside]
    largest = _bootstrap(_in_order(found.influence[:, family]), seed) if min(shared) >= FEWEST_SHARED else None
    if largest is None:
        values[family] = stdtrit(found.df[family], 1 - (1 - LEVEL) / (2 * family.sum()))
    else:
        values[family] = np.quantile(largest, LEVEL)
    return values


def _bootstrap(influence: Floats, seed: int) -> Floats | None:
    """Return the largest |t*| of every usable resample, or None if over 1 % of them are not usable."""
    g = len(influence)
    generator = np.random.default_rng([seed, g, RESAMPLES])
    maxima: list[Floats] = []
    for start in range(0, RESAMPLES, BATCH):
        counts: Ints = generator.multinomial(g, np.full(g, 1 / g), size=min(BATCH, RESAMPLES - start))
        mean = counts @ influence
        variance = g / (g - 1) * (counts @ influence**2 - mean**2 / g)
        usable = (variance > ZERO**2).all(axis=1)
        maxima.append((np.abs(mean[usable]) / np.sqrt(variance[usable])).max(axis=1))
    largest = np.concatenate(maxima)
    return largest if len(largest) >= 0.99 * RESAMPLES else None


def _in_order(influence: Floats) -> Floats:
    """Return the scenarios sorted by what they contribute, so that neither names nor the order of rows matter."""
    keys = [np.round((np.abs(influence) ** power).sum(axis=1), 9) for power in (3, 2, 1)]
    return influence[np.lexsort(keys)]
