"""Decides which of the exploratory tables have something to say: one without any p or interval is not shown."""

from collections.abc import Sequence

from core.scoring.exploratory import CriterionDifference
from core.scoring.judge_effects import NewJudgesRow
from core.scoring.leaderboard_row import SliceRow

FEW = (
    "no difference to the baseline has a p here: that takes at least five scenarios scored in both cells, and "
    "differences that are not all equal"
)


def without_p(rows: Sequence[CriterionDifference] | Sequence[SliceRow]) -> bool:
    """Return whether there are differences and none of them has a p."""
    compared = [row for row in rows if row.diff is not None]
    return bool(compared) and all(row.p_bh is None for row in compared)


def without_interval(rows: Sequence[NewJudgesRow]) -> bool:
    """Return whether there are rows and none of them has an interval."""
    return bool(rows) and all(row.low is None for row in rows)
