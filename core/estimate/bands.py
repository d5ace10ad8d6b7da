"""Simultaneous critical values: a studentized, linearized bootstrap over scenarios, or Bonferroni where it may not."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import numpy as np

from core.estimate import LEVEL
from core.estimate.design import Design, Floats
from core.estimate.differences import Differences, sides
from core.estimate.levels import MINIMUM_DF
from core.estimate.resampling import RESAMPLES, ZERO, resampled
from core.estimate.student import t_quantile

FEWEST_SHARED = 30
MOST_BY_JUDGES = 0.1
MOST_WITHOUT_SPREAD = 0.01
EVERY, LARGE = 8, 1_000
"""Of a family of at least so many contrasts, an eighth is drawn first."""
Mask = np.ndarray[tuple[int], np.dtype[np.bool_]]


def in_family(found: Differences) -> Mask:
    """Return which contrasts have an interval: estimable, with spread, 4 degrees of freedom, both cells in 5 scenarios.

    A cell that is scored in one scenario is fitted there exactly: its own noise is missing from the error, while the
    other cell's scenarios give the contrast its degrees of freedom. So each cell must have what a level needs too.
    """
    with np.errstate(invalid="ignore"):
        known = np.isfinite(found.se) & (found.se > ZERO) & found.enough
    return np.asarray(known & (found.fewest > MINIMUM_DF))


def critical_values(design: Design, found: Differences, seed: int, among: Mask | None = None) -> Floats:
    """Return for each contrast (c) the multiple of its se that covers the family at once with 95 %, nan outside it.

    The family is every contrast that has an interval, of those `among` if given. The studentized bootstrap draws
    scenarios with multinomial counts, linearizes each contrast by its influence and takes the 95 % quantile of the
    largest |m*|/se*. No value is above Bonferroni's t with the contrast's own df: where a contrast rests on one or two
    scenarios, resamples without them have a tiny se*, and their maximum would carry to the whole family. Bonferroni
    alone is used where two compared cells share under 30 scenarios or se* vanishes in over 1 % of the resamples, and
    for each contrast of whose variance judge × cell effects, which no resample of scenarios has, are over a tenth.
    """
    family = in_family(found) if among is None else in_family(found) & among
    return _Family(design, found, family, seed).critical_values(family)


def separated(design: Design, found: Differences, seed: int) -> tuple[Mask, Mask]:
    """Return which contrasts (c) surely differ from 0, with 95 % for the family at once, by stepping down.

    Romano and Wolf (2005): whatever exceeds its critical value leaves the family, and the rest is judged again as a
    smaller one, in the same resamples, until nothing more does. The second mask says which others would perhaps with
    their exact df, where `found` has bounds of it.
    """
    family = in_family(found)
    # Critical values are at most Bonferroni's and fall with the family, so what those separate need not be drawn.
    surely = _stepped_down(found, family, lambda left: [_bonferroni(found, left)])
    rest = _Family(design, found, family & ~surely, seed)
    surely |= _stepped_down(found, family & ~surely, rest.bounds)
    left = family & ~surely & (found.slack > 0)
    if not left.any():
        return surely, left
    with np.errstate(invalid="ignore"):
        share = 1 - _margin(found, family & ~surely)
        return surely, _above(found, left, (values * share for values in rest.bounds(family & ~surely)))


def _margin(found: Differences, family: Mask) -> Floats:
    """Return the share by which a limit (c) may be too far from its estimate because its df is a lower bound.

    Four times what the quantile of t may be too large: where scores crowd, limits fall faster than it does.
    """
    most = replace(found, df=found.df * (1 + found.slack))
    return np.asarray(4 * (_bonferroni(found, family) / _bonferroni(most, family) - 1))


def _stepped_down(found: Differences, family: Mask, bounds: Callable[[Mask], Iterable[Floats]]) -> Mask:
    surely = np.zeros(len(family), bool)
    while (more := _above(found, family & ~surely, bounds(family & ~surely))).any():
        surely |= more
    return surely


def _above(found: Differences, among: Mask, bounds: Iterable[Floats]) -> Mask:
    """Return which `among` the contrasts exceed the last of the rising bounds; none, once none exceeds one of them."""
    more = np.zeros(len(among), bool)
    for values in bounds:
        with np.errstate(invalid="ignore"):
            more = among & (np.abs(found.estimate) > values * found.towards_zero)
        if not more.any():
            break
    return more


def _bonferroni(found: Differences, family: Mask) -> Floats:
    values = np.full(len(family), np.nan)
    if family.any():
        values[family] = t_quantile(found.df[family], 1 - (1 - LEVEL) / (2 * family.sum()))
    return values


class _Family:
    """A family of contrasts, whose resamples are drawn once for itself and its parts."""

    def __init__(self, design: Design, found: Differences, family: Mask, seed: int) -> None:
        self._found, self._family, self._seed = found, family, seed
        self._shared = design.shared[sides(found.pairs)]
        by_judges = np.zeros(len(found.pairs)) if found.by_judges is None else found.by_judges
        self._by_scenarios = ~(by_judges > MOST_BY_JUDGES)
        self._drawn: dict[int, tuple[Floats, Floats]] = {}

    def critical_values(self, part: Mask) -> Floats:
        """Return the critical value of each contrast (c) in a part of the family, which is judged as one of its own."""
        values = _bonferroni(self._found, part)
        if self._may_be_drawn(part):
            largest = self._largest(part, every=1)
            if len(largest) >= (1 - MOST_WITHOUT_SPREAD) * RESAMPLES:
                drawn = part & self._by_scenarios
                values[drawn] = np.minimum(values[drawn], np.quantile(largest, LEVEL))
        return values

    def bounds(self, part: Mask) -> Iterator[Floats]:
        """Yield what the critical values (c) of a part are at least, where less is to be drawn for it, then themselves.

        The largest statistic of a resample is at least that of an eighth of the pairs. Resamples in which another pair
        has no spread are left out of the quantile: at worst those with the largest statistics.
        """
        if self._may_be_drawn(part) and part[self._family][::EVERY].sum() >= LARGE / EVERY:
            largest = self._largest(part, every=EVERY)
            least = np.sort(largest)[: int((1 - MOST_WITHOUT_SPREAD) * RESAMPLES)]
            values = _bonferroni(self._found, part)
            drawn = part & self._by_scenarios
            values[drawn] = np.minimum(values[drawn], np.quantile(least, LEVEL) * (1 - ZERO))
            yield values
        yield self.critical_values(part)

    def _may_be_drawn(self, part: Mask) -> bool:
        return bool(part.any() and self._shared[part].min() >= FEWEST_SHARED)

    def _largest(self, part: Mask, every: int) -> Floats:
        """Return the largest statistic in each resample in which each pair has one, or each of so many-th pairs.

        It is another one than the whole family's only where one that left the family was as large, or was none.
        """
        if every not in self._drawn:
            pairs = np.array(self._found.pairs, np.int64)[self._family]
            drawn = resampled(self._found.by_cell, pairs, self._seed, every).T
            self._drawn[every] = drawn, drawn.max(axis=0)
        statistics, largest = self._drawn[every]
        own = part[self._family][::every]
        if not own.all():
            other = ~(statistics[~own] < largest).all(axis=0)
            largest = largest.copy()
            largest[other] = statistics[:, other][own].max(axis=0)
        return np.asarray(largest[~np.isnan(largest)])
