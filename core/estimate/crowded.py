"""Intervals of levels on a scale with ends: Student's t, joined with Wilson's interval where scores crowd at an end.

Where scores crowd at an end, a sample may hold none of the few others that the mean rests on, and its own variance
says nothing of them. A score from 0 to 1 has a variance of at most p(1 - p), which Wilson's interval takes.
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from core.estimate import LEVEL
from core.estimate.design import Floats
from core.estimate.levels import MINIMUM_DF, Levels
from core.estimate.student import t_quantile

Flags = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]

ALWAYS, NEVER = 0.25, 1.0
"""With n·p·(1 - p) up to the first the join is whole, from the second on it is left to the skewness."""
FEWEST = 16
"""The least n in this, marks aside: with ten scenarios n·p·(1 - p) is under 1 from a mean of .89 on, where t holds."""
SKEWED, VERY_SKEWED = 0.25, 0.75
"""|Skewness| of the estimate from which an interval is widened, and from which it is as far as it goes."""
WIDEST = 1.2
"""How much of its half-width skewness may add to a limit: a count of k needs about 1.2/√k for k up to 16."""


@dataclass(frozen=True)
class Reaches:
    """How far the limits of levels (K, q) lie `below` and `above` them before they are cut at the ends of the scale.

    nan where there is no interval. `crowded` says where scores crowd at an end.
    """

    below: Floats
    above: Floats
    crowded: Flags


def reaches(levels: Levels, estimate: Floats, n: Floats, only_ends: Flags) -> Reaches:
    """Return how far the 95 % limits lie from `estimate` (K, q) in 0 to 1, the levels as they are kept on the scale.

    `n` (K) counts the scenarios in which a cell has scores; `only_ends` (K, q) says that each score is 0 or 1. Each
    limit is that of t, moved out towards Wilson's limit at n by the larger of two parts. The first is a share of the
    way, which falls from 1 to 0 as max(n, 16)·p·(1 - p) goes from .25 to 1 and is 1 for scores of 0 and 1 only. The
    second is up to 1.2 half-widths as |skewness| of the estimate goes from .25 to .75, but not beyond Wilson's limit.
    Where a level was moved to stay on the scale, the limit it moved away from stays where it was. Scores are crowded
    where n·p·(1 - p) < 1 or |skewness| > .25. Where a level has not enough degrees of freedom there is no interval.
    """
    known = levels.enough[:, None] & np.isfinite(levels.se)
    reach = t_quantile(np.where(known, levels.df, MINIMUM_DF), 1 - (1 - LEVEL) / 2) * levels.se
    few, skewness = n[:, None] * estimate * (1 - estimate), np.abs(levels.skewness)
    share = np.maximum(share_of_the_way(few, n[:, None]), only_ends)
    most = WIDEST * ramp(skewness, SKEWED, VERY_SKEWED) * reach
    low, high = wilson(estimate, n[:, None])
    held_back = estimate - levels.estimate
    below = reach + moved_out(np.maximum(estimate - low - reach, 0.0), share, most) + np.maximum(held_back, 0.0)
    above = reach + moved_out(np.maximum(high - estimate - reach, 0.0), share, most) + np.maximum(-held_back, 0.0)
    crowded = known & ((few < NEVER) | (skewness > SKEWED))
    return Reaches(np.where(known, below, np.nan), np.where(known, above, np.nan), crowded)


def wilson(mean: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Return Wilson's 95 % limits (1927) of a share `mean` in `n` trials; they lie from 0 to 1 and hold the mean."""
    z2 = NormalDist().inv_cdf(1 - (1 - LEVEL) / 2) ** 2
    centre = (mean + z2 / (2 * n)) / (1 + z2 / n)
    reach = np.sqrt(z2 * (mean * (1 - mean) / n + z2 / (4 * n**2))) / (1 + z2 / n)
    return centre - reach, centre + reach


def share_of_the_way(few: Floats, n: Floats) -> Floats:
    """Return the share of the way to the other interval that a limit goes by `few`, n times a variance at most."""
    return 1 - ramp(few * np.maximum(FEWEST / n, 1.0), ALWAYS, NEVER)


def moved_out(gap: Floats, share: Floats, most: Floats) -> Floats:
    """Return how far a limit moves out that lies `gap` within Wilson's."""
    return np.maximum(share * gap, np.minimum(gap, most))


def ramp(value: Floats, start: float, end: float) -> Floats:
    """Return 0 up to `start`, 1 from `end` on, and the line between."""
    return np.clip((value - start) / (end - start), 0.0, 1.0)
