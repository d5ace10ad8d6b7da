"""How much each cell differs from the baseline, in rubric units: its interval, its band, its p and the marks."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from core.estimate.bands import critical_values, in_family
from core.estimate.differences import Differences
from core.estimate.judge_cells import compared
from core.estimate.levels import MINIMUM_DF
from core.estimate.multiple import holm, p_values
from core.estimate.resampling import ZERO
from core.estimate.student import t_quantile
from core.scoring.cell_levels import NOTHING
from core.scoring.fitted_means import FittedMeans
from core.scoring.leaderboard_row import Estimate

LEVEL = 0.95


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
    reach = np.where(family, t_quantile(np.where(family, found.df, 1.0), 1 - (1 - LEVEL) / 2) * found.se, np.nan)
    nothing = np.full(len(pairs), np.nan)
    adjusted = holm(p) if simultaneous else nothing
    bands = critical_values(got.design, found, seed) * found.se if simultaneous else nothing
    for number, (place, base) in enumerate(pairs):
        point = found.estimate[number] * span
        yield (
            place,
            CellDifference(
                diff=_around(point, reach[number] * span, span),
                band=_around(point, bands[number] * span, span),
                p=known(p[number]),
                p_holm=known(adjusted[number]),
                marks=_why_no_interval(found, number, int(got.design.shared[place, base])),
            ),
        )


def known(value: float) -> float | None:
    """Return the number as a float, or None if it is nan."""
    return None if np.isnan(value) else float(value)


def _why_no_interval(got: Differences, number: int, together: int) -> frozenset[str]:
    if np.isnan(got.estimate[number]):
        return frozenset({"not_estimable"})
    enough = got.enough[number] and got.fewest[number] > MINIMUM_DF
    equal = got.se[number] <= ZERO and together > 1
    return frozenset(mark for mark, holds in (("too_few", not enough), ("all_equal", equal)) if holds)


def _around(point: float, reach: float, span: float) -> Estimate:
    """Return the difference with its limits, none further from 0 than the scale is long."""
    if np.isnan(point):
        return NOTHING
    low, middle, high = np.clip([point - reach, point, point + reach], -span, span)
    return Estimate(float(middle), known(low), known(high))
