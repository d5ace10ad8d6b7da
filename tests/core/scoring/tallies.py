"""Tallies in which every tip is there and every answer is one score."""

from typing import Any

import numpy as np

from core.scoring.tally import Tally


def scored_tally(
    shape: tuple[int, int], cell: Any, scenario: Any, judge: Any, sums: Any, judges: tuple[str, ...]
) -> Tally:
    """One text of each of `shape` (cells, scenarios), and one answer an entry of the arrays, with its `sums`."""
    none = np.zeros(shape, int)
    return Tally(
        cell=cell,
        scenario=scenario,
        judge=judge,
        scored=np.ones(len(cell), int),
        sums=sums,
        unscorable=none,
        texts=none + 1,
        failed=none,
        refused=none,
        misconfigured=none,
        cut_off=none,
        judges=judges,
    )
