"""What changed of cells between two experiments by more than noise: paired differences on common scenarios."""

from collections.abc import Sequence

import msgspec
import numpy as np

from core.benchmark.spec import Failures
from core.choosing.against import difference_between, limits_of
from core.estimate import LEVEL
from core.estimate.bands import in_family
from core.estimate.multiple import holm, p_values
from core.judging.rubric import Rubric
from core.scoring.cell_differences import known
from core.scoring.tally import Tally

ALPHA = 0.05


class CellChange(msgspec.Struct, frozen=True, kw_only=True):
    """A cell's score now minus its score there, in rubric units, with its own 95 % interval; None is not known.

    `p_holm` is adjusted over all cells that are compared, and `changed` says that it is below .05.
    """

    cell: str
    diff: float | None
    low: float | None
    high: float | None
    p: float | None
    p_holm: float | None
    n_scenarios: int
    changed: bool


def cell_changes(
    cells: Sequence[tuple[str, int, int]], now: Tally, there: Tally, rubric: Rubric, policy: Failures
) -> list[CellChange]:
    """Return the change of each cell, in the order given: its name, and its code now and there.

    The tallies number the same scenarios alike and have the same judges, in one order.
    """
    span = rubric.scale.high - rubric.scale.low
    found = [difference_between((now, mine), (there, theirs), rubric, policy) for _, mine, theirs in cells]
    p = np.array([np.nan if each is None else p_values(each)[0] for each, _ in found])
    adjusted = holm(p)
    changes = []
    for place, ((name, _, _), (each, common)) in enumerate(zip(cells, found, strict=True)):
        diff = low = high = None
        if each is not None and not np.isnan(each.estimate[0]):
            diff = float(each.estimate[0]) * span
            if in_family(each)[0]:
                low, high = limits_of(each, 1 - (1 - LEVEL) / 2, span)
        changes.append(
            CellChange(
                cell=name,
                diff=diff,
                low=low,
                high=high,
                p=known(p[place]),
                p_holm=known(adjusted[place]),
                n_scenarios=common,
                changed=bool(adjusted[place] < ALPHA),
            )
        )
    return changes
