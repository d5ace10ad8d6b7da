"""p values of differences, and adjusted ones for families of tests."""

from collections.abc import Callable

import numpy as np

from core.estimate.bands import in_family
from core.estimate.design import Floats
from core.estimate.differences import Differences
from core.estimate.student import t_below


def p_values(found: Differences) -> Floats:
    """Return the two-sided t tests' p of the differences (c), each with its own df.

    They rest on the error of the limit towards 0: p < .05 where, and only where, the 95 % interval excludes 0. Nan for
    those without an interval.
    """
    family = in_family(found)
    statistic = np.divide(np.abs(found.estimate), found.towards_zero, out=np.zeros_like(found.se), where=family)
    return np.where(family, 2 * t_below(np.where(family, found.df, 1.0), -statistic), np.nan)


def holm(p: Floats) -> Floats:
    """Return Holm's (1979) step-down adjusted p values in the order given; nan stays nan and is outside the family."""
    return _stepped(p, lambda ordered, m: np.maximum.accumulate(ordered * np.arange(m, 0, -1)))


def benjamini_hochberg(p: Floats) -> Floats:
    """Return Benjamini and Hochberg's (1995) adjusted p values in the order given; nan stays nan."""
    return _stepped(p, lambda ordered, m: np.minimum.accumulate((ordered * m / np.arange(1, m + 1))[::-1])[::-1])


def _stepped(p: Floats, steps: Callable[[Floats, int], Floats]) -> Floats:
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    adjusted = np.full(len(p), np.nan)
    if len(order):
        adjusted[order] = np.minimum(1.0, steps(p[order], len(order)))
    return adjusted
