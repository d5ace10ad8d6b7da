"""How much each cell differs from the baseline, and every cell from each other, in rubric units: intervals and p."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import msgspec
import numpy as np

from core.estimate import LEVEL
from core.estimate.bands import critical_values, in_family
from core.estimate.differences import Differences
from core.estimate.judge_cells import compared
from core.estimate.levels import MINIMUM_DF
from core.estimate.multiple import holm, p_values
from core.estimate.ranks import compared_pairs
from core.estimate.resampling import ZERO
from core.estimate.student import t_quantile
from core.scoring.cell_levels import NOTHING
from core.scoring.fitted_means import FittedMeans
from core.scoring.leaderboard_row import Estimate


@dataclass(frozen=True)
class CellDifference:
    """A cell minus the baseline with its 95 % interval, the `band` of the family, p and Holm's p; None: not known.

    `marks` say why something is not known.
    """

    diff: Estimate = NOTHING
    band: Estimate = NOTHING
    p: float | None = None
    p_holm: float | None = None
    marks: frozenset[str] = frozenset()


def cell_differences(
    got: FittedMeans, baseline: int, span: float, seed: int, *, simultaneous: bool
) -> Iterator[tuple[int, CellDifference]]:
    """Yield the code of every scored cell but the baseline with its difference; none if that has no score.

    `span` is the length of the scale, `seed` that of the bootstrap. Without `simultaneous` there is no band and no
    Holm's p.
    """
    pairs = got.to_baseline(baseline)
    if not pairs:
        return
    found = compared(got.design, got.fit, pairs)
    family, p = in_family(found), p_values(found)
    alone = np.where(family, t_quantile(np.where(family, found.df, 1.0), 1 - (1 - LEVEL) / 2), np.nan)
    nothing = np.full(len(pairs), np.nan)
    adjusted = holm(p) if simultaneous else nothing
    together = critical_values(got.design, found, seed) if simultaneous else nothing
    for number, (place, base) in enumerate(pairs):
        yield (
            place,
            CellDifference(
                diff=_around(found, number, alone[number], span),
                band=_around(found, number, together[number], span),
                p=known(p[number]),
                p_holm=known(adjusted[number]),
                marks=_marks(found, number, int(got.design.shared[place, base])),
            ),
        )


def known(value: float) -> float | None:
    """Return the number as a float, or None if it is nan."""
    return None if np.isnan(value) else float(value)


def _marks(got: Differences, number: int, together: int) -> frozenset[str]:
    if np.isnan(got.estimate[number]):
        return frozenset({"not_estimable"})
    reasons = {
        "too_few": not got.enough[number] or got.fewest[number] <= MINIMUM_DF,
        "all_equal": got.se[number] <= ZERO and together > 1,
        "crowded": got.stretch is not None and got.stretch.crowded[number],
    }
    return frozenset(mark for mark, holds in reasons.items() if holds)


def _around(found: Differences, number: int, times: float, span: float) -> Estimate:
    """Return the difference with limits that lie this many errors off, none further from 0 than the scale is long."""
    if np.isnan(found.estimate[number]):
        return NOTHING
    point = found.estimate[number] * span
    below, above = times * found.below[number] * span, times * found.above[number] * span
    low, middle, high = np.clip([point - below, point, point + above], -span, span)
    return Estimate(float(middle), known(low), known(high))


Cell = tuple[str, str]


class CellPair(msgspec.Struct, frozen=True, kw_only=True):
    """Two cells: `diff` is the first's score minus the second's in rubric units, with its own 95 % interval.

    `p_holm` is adjusted over all pairs; None is not known. `separated` says that they surely differ, with 95 % for all
    pairs at once, by the procedure of which rank intervals count.
    """

    cell: Cell
    other: Cell
    diff: float
    low: float | None
    high: float | None
    p_holm: float | None
    separated: bool


def cell_pairs(got: FittedMeans, cells: Sequence[Cell], span: float, seed: int) -> list[CellPair]:
    """Return every pair of `cells` with a score, in their order; pairs that are not estimable are left out.

    `span` is the length of the scale, `seed` that of the bootstrap.
    """
    if len(got.cells) < 2:
        return []
    pairs = list(combinations(range(len(got.cells)), 2))
    found, surely = compared_pairs(got.design, got.fit, pairs, seed)
    family, adjusted = in_family(found), holm(p_values(found))
    times = np.where(family, t_quantile(np.where(family, found.df, 1.0), 1 - (1 - LEVEL) / 2), np.nan)
    low, high = found.estimate - times * found.below, found.estimate + times * found.above
    return [
        CellPair(
            cell=cells[got.cells[left]],
            other=cells[got.cells[right]],
            diff=float(found.estimate[place] * span),
            low=known(max(low[place], -1.0) * span),
            high=known(min(high[place], 1.0) * span),
            p_holm=known(adjusted[place]),
            separated=bool(surely[place]),
        )
        for place, (left, right) in enumerate(pairs)
        if not np.isnan(found.estimate[place])
    ]
