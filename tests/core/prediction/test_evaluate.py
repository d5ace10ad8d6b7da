"""Whether the benchmark predicts reactions: the verdicts, and each reason for which there is none."""

import numpy as np
import pytest

from core.prediction.evaluate import CellOutcome, predicts
from core.prediction.ranks import spearman
from core.prediction.slope import corrected_slope


def _outcomes(slope: float, k: int = 12, error: float = 0.1, seed: int = 1) -> list[CellOutcome]:
    rng = np.random.default_rng(seed)
    true = np.linspace(1.0, 5.0, k)
    scores, rewards = true + error * rng.normal(size=k), 0.2 + slope * true + 0.02 * rng.normal(size=k)
    return [CellOutcome(f"m/{place}", float(scores[place]), error, float(rewards[place])) for place in range(k)]


@pytest.mark.parametrize(("slope", "verdict"), [(0.05, "agrees"), (-0.05, "disagrees"), (0.0, "unknown")])
def test_the_verdict_is_that_of_the_slopes_interval(slope: float, verdict: str) -> None:
    """Both figures come with their intervals."""
    found = predicts(_outcomes(slope))
    assert (found.verdict, found.refused, found.n_cells) == (verdict, None, 12)
    assert found.slope is not None
    assert found.slope_low is not None
    assert found.slope_high is not None
    assert found.slope_low < found.slope < found.slope_high
    assert found.slope_low < slope < found.slope_high
    assert found.rank_low is not None
    assert found.rank_correlation is not None
    assert found.rank_low < found.rank_correlation


def test_the_figures_are_those_of_their_functions() -> None:
    """Cells whose reward was refused are left out of both."""
    outcomes = _outcomes(0.05)
    scores, rewards = (np.array([getattr(one, name) for one in outcomes]) for name in ("score", "reward"))
    found = predicts([*outcomes, CellOutcome("m/refused", 3.0, 0.1, None)])
    assert found.n_cells == 12
    assert found.rank_correlation == spearman(scores, rewards)
    expected = corrected_slope(scores, rewards, np.full(12, 0.1**2))
    assert (found.slope, (found.slope_low, found.slope_high)) == (expected.slope, expected.limits())
    assert found.reliability == expected.reliability


def test_few_cells_are_not_enough() -> None:
    """Seven with a reward, and one whose reward was refused."""
    found = predicts([*_outcomes(0.05, 7), CellOutcome("m/refused", 3.0, 0.1, None)])
    assert found.refused is not None
    assert "7 cells with score and reward of at least 8 (1 reward refused)" in found.refused
    assert (found.slope, found.rank_correlation, found.verdict) == (None, None, "unknown")
    assert "0 cells with score" in str(predicts([]).refused)


def test_scores_that_differ_by_their_error_say_nothing() -> None:
    """The rank correlation stays, without an interval."""
    found = predicts(_outcomes(0.05, error=2.0))
    assert "of what scores differ by is their error, at most 50%" in str(found.refused)
    assert (found.slope, found.slope_low, found.rank_low) == (None, None, None)
    assert found.rank_correlation is not None


def test_equal_values_are_named() -> None:
    """Of scores or of rewards."""
    outcomes = _outcomes(0.05)
    level = [CellOutcome(one.cell, 3.0, 0.0, one.reward) for one in outcomes]
    assert "equal scores" in str(predicts(level).refused)
    level = [CellOutcome(one.cell, one.score, 0.1, 0.5) for one in outcomes]
    assert "equal rewards" in str(predicts(level).refused)
