"""Limits of differences where scores crowd at an end: Student's t, joined with Agresti and Min's interval.

Where two cells differ in a few scenarios only, a sample may hold none or one of them, and the spread of its own
differences says nothing of the rest. A difference lies from -1 to 1, and two pseudo-scenarios with half of each sign
stand for what was not seen.
"""

from dataclasses import replace
from statistics import NormalDist

import numpy as np

from core.estimate import LEVEL
from core.estimate.bands import Mask, in_family
from core.estimate.crowded import NEVER, SKEWED, moved_out, ramp, share_of_the_way
from core.estimate.design import Design, Floats, Ints
from core.estimate.differences import CANCELLED, Differences, Stretch, in_blocks, moments, paired, sides
from core.estimate.levels import MINIMUM_DF, skewness_of
from core.estimate.student import t_quantile

VERY_SKEWED = 0.5
"""From this |skewness| of the estimate on, an interval is widened as far as skewness goes."""
WIDEST = 2.0
"""How many of its half-widths skewness may add to a limit: more than for a level, whose own bound is nearer."""
WHOLE = 1e-9
LOOKED_AT = 50
"""Scenarios that are enough to see that differences are not only -1, 0 and 1."""


def joined(design: Design, found: Differences) -> Differences:
    """Return the differences with how far their limits lie where they crowd; `found` itself where none does.

    Much as levels (`core.estimate.crowded`), with n the scenarios in which both cells have scores, more and less
    the sums of the positive and the negative differences in them, and few = more + less - (more - less)²/n, the most
    that n times their variance can be (at least what it is): each limit is that of t, moved out towards Agresti and
    Min's by a share of the way or by up to 2 half-widths, whichever is more. The share falls from 1 to 0 as few, times
    16/n where n is under 16, goes from .25 to 1, and is 1 where n is all scenarios and each difference -1, 0 or 1; the
    half-widths rise to 2 as |skewness| of the estimate goes from .25 to .5. Crowded is what has few < 1 or |skewness| >
    .25. Pairs with fewer than 5 common scenarios keep t.
    """
    left, right = sides(found.pairs)
    shared = design.shared[left, right].astype(np.float64)
    suspects = np.flatnonzero(in_family(found) & (shared > MINIMUM_DF) & _suspects(design, found, shared))
    low, high = np.ones((2, len(found.pairs)))
    crowded = np.zeros(len(found.pairs), bool)
    for block in in_blocks(len(suspects)):
        own = suspects[block]
        low[own], high[own], crowded[own] = _stretched(design, found, own, shared[own])
    if not (crowded.any() or (low > 1).any() or (high > 1).any()):
        return found
    return replace(found, stretch=Stretch(low, high, crowded))


def agresti_min(more: Floats, less: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Return Agresti and Min's 95 % limits (2005) of a mean of n paired differences from -1 to 1.

    `more` and `less` are the sums of the positive and of the negative ones; half a scenario is added to each, and to
    those without a difference.
    """
    m = n + 2
    centre = (more - less) / m
    reach = NormalDist().inv_cdf(1 - (1 - LEVEL) / 2) * np.sqrt(((more + less + 1) / m - centre**2) / m)
    return centre - reach, centre + reach


def _suspects(design: Design, found: Differences, shared: Floats) -> Mask:
    """Return which contrasts may crowd, from sums over the cells: few is never less than the differences' squares."""
    by_cell, (left, right) = found.by_cell, sides(found.pairs)
    squares, skewness, cancelled = moments(by_cell, left, right)
    suspects = cancelled | (shared**2 * squares < NEVER) | (np.abs(skewness) > SKEWED - CANCELLED)
    rest = np.flatnonzero(~suspects & (shared == design.n_scenarios))
    for block in in_blocks(len(rest)):
        pairs = np.column_stack((left[rest[block]], right[rest[block]]))
        d = found.estimate[rest[block]] + design.n_scenarios * paired(by_cell[:LOOKED_AT], pairs)
        suspects[rest[block]] = _only_whole(d)
    return np.asarray(suspects)


def _stretched(design: Design, found: Differences, own: Ints, n: Floats) -> tuple[Floats, Floats, Mask]:
    """Return how many times as far as t's the lower and the upper limit of the contrasts `own` lie, and which crowd."""
    pairs, point = [found.pairs[number] for number in own], found.estimate[own]
    influence = paired(found.by_cell, pairs)
    squares = (influence**2).sum(axis=0)
    skewness = np.abs(skewness_of(squares, (influence**3).sum(axis=0)))
    d = np.where(_together(design, pairs), np.clip(point + n * influence, -1.0, 1.0), 0.0)
    more, less = np.maximum(d, 0.0).sum(axis=0), np.maximum(-d, 0.0).sum(axis=0)
    few = np.maximum(more + less - (more - less) ** 2 / n, n**2 * squares)
    reach = t_quantile(found.df[own], 1 - (1 - LEVEL) / 2) * found.se[own]
    low, high = agresti_min(more, less, n)
    share = np.maximum(share_of_the_way(few, n), (n == design.n_scenarios) & _only_whole(d))
    most = WIDEST * ramp(skewness, SKEWED, VERY_SKEWED) * reach
    gaps = (np.maximum(gap - reach, 0.0) for gap in (point - low, high - point))
    down, up = (1 + moved_out(gap, share, most) / reach for gap in gaps)
    return down, up, (few < NEVER) | (skewness > SKEWED)


def _together(design: Design, pairs: list[tuple[int, int]]) -> Mask:
    """Return for every scenario and pair (G, c) whether both cells have scores."""
    has = design.patterns.scored()[design.patterns.of]
    left, right = sides(pairs)
    return np.asarray(has[:, left] & has[:, right])


def _only_whole(d: Floats) -> Mask:
    """Return which columns are -1, 0 and 1 only."""
    size = np.abs(d)
    return np.asarray((size * np.abs(1 - size) <= WHOLE).all(axis=0))
