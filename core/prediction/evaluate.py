"""The answer to whether the benchmark predicts reactions: both figures with intervals, or what is missing for them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from core.plurals import counted
from core.prediction.ranks import spearman, spearman_limits
from core.prediction.slope import corrected_slope

MINIMUM_CELLS = 8
LEAST_RELIABLE = 0.5
"""Of the variance of scores between cells, what must not be error."""


@dataclass(frozen=True)
class CellOutcome:
    """A cell's `score` on the leaderboard, and its off-policy `reward`, None where that estimate was refused.

    `score_se` is the standard error of the score's distance from the mean of the cells: what all share is no error.
    """

    cell: str
    score: float
    score_se: float
    reward: float | None


class BenchmarkPrediction(msgspec.Struct, frozen=True, kw_only=True):
    """How rewards go with scores over `n_cells`; limits are None, and `refused` says why, where there is no interval.

    `verdict` is agrees where the slope's interval is above 0, disagrees where it is below, and else unknown.
    """

    n_cells: int
    rank_correlation: float | None
    rank_low: float | None
    rank_high: float | None
    slope: float | None
    slope_low: float | None
    slope_high: float | None
    reliability: float | None
    verdict: str
    refused: str | None


def predicts(outcomes: Sequence[CellOutcome]) -> BenchmarkPrediction:
    """Return the rank correlation of scores and rewards, and the slope of rewards on scores freed of their error.

    Cells are taken as a sample of the cells that could be: both intervals are for what holds of such cells. The rank
    correlation is that of scores and rewards as measured, which errors of either draw towards 0; the slope is not.
    """
    known = [outcome for outcome in outcomes if outcome.reward is not None]
    score, error = (np.array([getattr(one, name) for one in known], np.float64) for name in ("score", "score_se"))
    reward = np.array([one.reward for one in known], np.float64)
    if len(known) < MINIMUM_CELLS:
        return _refused(len(known), None, None, _few_cells(len(known), len(outcomes)))
    correlation = spearman(score, reward)
    found = corrected_slope(score, reward, error**2)
    if math.isnan(correlation):
        what = "scores" if np.ptp(score) == 0 else "rewards"
        return _refused(len(known), None, None, f"not estimable: all cells have equal {what}")
    if found.reliability < LEAST_RELIABLE:
        refused = (
            f"not estimable: {1 - max(found.reliability, 0.0):.0%} of what scores differ by is their error, at most "
            f"{1 - LEAST_RELIABLE:.0%}: score more scenarios, or serve cells that differ more"
        )
        return _refused(len(known), correlation, found.reliability, refused)
    rank_low, rank_high = spearman_limits(correlation, len(known))
    low, high = found.limits()
    return BenchmarkPrediction(
        n_cells=len(known),
        rank_correlation=correlation,
        rank_low=rank_low,
        rank_high=rank_high,
        slope=found.slope,
        slope_low=low,
        slope_high=high,
        reliability=found.reliability,
        verdict="agrees" if low > 0 else "disagrees" if high < 0 else "unknown",
        refused=None,
    )


def _few_cells(known: int, served: int) -> str:
    missing = f" ({counted(served - known, 'reward')} refused)" if served > known else ""
    return (
        f"not estimable: {counted(known, 'cell')} with score and reward of at least {MINIMUM_CELLS}{missing}: serve "
        "more cells, low-ranked ones too, at a floor probability"
    )


def _refused(n_cells: int, correlation: float | None, reliability: float | None, refused: str) -> BenchmarkPrediction:
    return BenchmarkPrediction(
        n_cells=n_cells,
        rank_correlation=correlation,
        rank_low=None,
        rank_high=None,
        slope=None,
        slope_low=None,
        slope_high=None,
        reliability=reliability,
        verdict="unknown",
        refused=refused,
    )
