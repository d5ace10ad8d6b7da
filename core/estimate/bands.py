"""Simultaneous critical values: a studentized, linearized bootstrap over scenarios, or Bonferroni where it may not."""

import numpy as np

from core.estimate.design import Design, Floats, Ints
from core.estimate.differences import Differences
from core.estimate.levels import MINIMUM_DF
from core.estimate.student import t_quantile

RESAMPLES = 2_000
LEVEL = 0.95
FEWEST_SHARED = 30
BATCH = 100
ZERO = 1e-10
Mask = np.ndarray[tuple[int], np.dtype[np.bool_]]


def in_family(found: Differences) -> Mask:
    """Return which contrasts have an interval: estimable, with spread, 4 degrees of freedom, both cells in 5 scenarios.

    A cell that is scored in one scenario is fitted there exactly: its own noise is missing from the error, while the
    other cell's scenarios give the contrast its degrees of freedom. So each cell must have what a level needs too.
    """
    with np.errstate(invalid="ignore"):
        known = np.isfinite(found.se) & (found.se > ZERO) & (found.df >= MINIMUM_DF)
    return np.asarray(known & (found.fewest > MINIMUM_DF))


def critical_values(design: Design, found: Differences, seed: int, among: Mask | None = None) -> Floats:
    """Return for each contrast (c) the multiple of its se that covers the family at once with 95 %, nan outside it.

    The family is every contrast that has an interval, of those `among` if given. The studentized bootstrap draws
    scenarios with multinomial counts, linearizes each contrast by its influence and takes the 95 % quantile of the
    largest |m*|/se*. No value is above Bonferroni's t with the contrast's own df: where a contrast rests on one or two
    scenarios, resamples without them have a tiny se*, and their maximum would carry to the whole family. Bonferroni
    alone is used where two compared cells share under 30 scenarios or se* vanishes in over 1 % of the resamples.
    """
    family = in_family(found) if among is None else in_family(found) & among
    values = np.full(len(found.pairs), np.nan)
    if not family.any():
        return values
    values[family] = t_quantile(found.df[family], 1 - (1 - LEVEL) / (2 * family.sum()))
    shared = [design.shared[pair] for pair, inside in zip(found.pairs, family, strict=True) if inside]
    largest = _bootstrap(_in_order(found.influence[:, family]), seed) if min(shared) >= FEWEST_SHARED else None
    if largest is not None:
        values[family] = np.minimum(values[family], np.quantile(largest, LEVEL))
    return values


def separated(design: Design, found: Differences, seed: int) -> Mask:
    """Return which contrasts (c) surely differ from 0, with 95 % for the family at once, by stepping down.

    Romano and Wolf (2005): whatever exceeds its critical value leaves the family, and the rest is judged again as a
    smaller one, until nothing more does.
    """
    surely = np.zeros(len(found.pairs), bool)
    while True:
        reach = critical_values(design, found, seed, ~surely) * found.se
        with np.errstate(invalid="ignore"):
            more = np.abs(found.estimate) > reach
        if not more.any():
            return surely
        surely |= more


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
