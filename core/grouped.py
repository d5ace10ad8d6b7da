"""Sums, means and quantiles of values by group; nan is a value that is not known and is left out."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Codes = NDArray[Any]
_HALF = 134217729.0
"""2²⁷ + 1, by which a number is split into two of half its digits (Dekker 1971)."""


def group_sums(values: Numbers, group: Codes, n: int) -> tuple[Numbers, Numbers]:
    """Return the sums of the known values of groups 0 to n - 1, added in order, and how many these are."""
    known = ~np.isnan(values)
    own = group[known]
    return np.asarray(np.bincount(own, values[known], n), np.float64), np.bincount(own, minlength=n).astype(np.float64)


def group_means(values: Numbers, group: Codes, n: int) -> Numbers:
    """Return the means of the known values of groups 0 to n - 1, nan where there is none."""
    sums, counts = group_sums(values, group, n)
    return np.asarray(np.divide(sums, counts, out=np.full(n, np.nan), where=counts > 0))


def known_in_order(values: Numbers) -> Codes:
    """Return the places of the known values, the least value first."""
    order = np.argsort(values)  # nan comes last
    return np.asarray(order[: len(values) - np.count_nonzero(np.isnan(values))])


def group_quantiles(
    values: Numbers, group: Codes, n: int, shares: tuple[float, ...], order: Codes | None = None
) -> list[Numbers]:
    """Return for each share the quantiles of groups 0 to n - 1, nan where no value is known.

    Between two values they lie on the line between them (type 7 of Hyndman and Fan 1996), rounded as DuckDB's
    quantile_cont is. `order` is `known_in_order` of the values, for a caller who groups them in several ways.
    """
    found = [np.full(n, np.nan) for _ in shares]
    order = known_in_order(values) if order is None else order
    small = np.min_scalar_type(max(n, 1))  # such numbers sort fast, and those of a group stay in order
    of = group[order].astype(small)
    own = values[order[np.argsort(of, kind="stable")]]
    counts = np.bincount(of, minlength=n)
    starts, there = np.cumsum(counts) - counts, counts > 0
    for quantiles, share in zip(found, shares, strict=True):
        place = (counts[there] - 1) * share
        part = place - np.floor(place)
        below, above = (own[starts[there] + rounded(place).astype(np.int64)] for rounded in (np.floor, np.ceil))
        quantiles[there] = _rounded_once(below, 1 - part, above * part)
    return found


def _rounded_once(factor: Numbers, other: Numbers, added: Numbers) -> Numbers:
    """Return factor · other + added without rounding the product, as one instruction of a processor does."""
    (a, b), (c, d) = _split(factor), _split(other)
    product = factor * other
    lost = b * d - (product - a * c - b * c - a * d)
    total = product + added
    taken = total - product
    return total + ((product - (total - taken)) + (added - taken) + lost)


def _split(number: Numbers) -> tuple[Numbers, Numbers]:
    large = _HALF * number
    high = large - (large - number)
    return high, number - high
