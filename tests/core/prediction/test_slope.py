"""The corrected slope against least squares, against the truth that errors hide, and under what may not change it."""

import json
from pathlib import Path

import numpy as np
import pytest
import scipy.stats

from core.prediction.slope import corrected_slope

ODR = Path(__file__).parents[2] / "golden" / "policies" / "odr.json"


def _simulated(seed: int, k: int, slope: float, error: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return scores with errors of that standard deviation, rewards, and the variances."""
    rng = np.random.default_rng(seed)
    true = rng.normal(size=k)
    return true + error * rng.normal(size=k), slope * true + 0.3 * rng.normal(size=k), np.full(k, error**2)


def test_without_errors_it_is_least_squares() -> None:
    """With its slope, standard error and limits."""
    score, reward, _ = _simulated(1, 20, 0.7, 0.0)
    found = corrected_slope(score, reward, np.zeros(20))
    expected = scipy.stats.linregress(score, reward)
    assert (found.slope, found.se) == pytest.approx((expected.slope, expected.stderr))
    half = scipy.stats.t.ppf(0.975, 18) * expected.stderr
    assert found.limits() == pytest.approx((expected.slope - half, expected.slope + half))
    assert found.reliability == 1.0


def test_errors_of_scores_draw_it_to_nothing_no_more() -> None:
    """Over many cells it is the true slope where least squares gives half of it."""
    score, reward, variance = _simulated(2, 20_000, 0.8, 1.0)
    found = corrected_slope(score, reward, variance)
    assert scipy.stats.linregress(score, reward).slope == pytest.approx(0.4, abs=0.02)
    assert found.slope == pytest.approx(0.8, abs=0.04)
    assert found.reliability == pytest.approx(0.5, abs=0.02)


def test_a_line_with_known_errors_is_that_of_odrpack() -> None:
    """Within a standard error where errors are alike, and least squares is more than two of them below."""
    golden = json.loads(ODR.read_text("utf-8"))
    score, reward, error = (np.array(golden[name]) for name in ("score", "reward", "score_se"))
    found = corrected_slope(score, reward, error**2)
    assert abs(found.slope - golden["slope"]) < golden["se"]
    assert scipy.stats.linregress(score, reward).slope < golden["slope"] - 2 * golden["se"]
    assert found.se == pytest.approx(golden["se"], rel=0.5)


def test_units_and_origins_only_scale_it() -> None:
    """Scores in other units, and constants added to either."""
    score, reward, variance = _simulated(3, 12, -0.5, 0.4)
    once = corrected_slope(score, reward, variance)
    scaled = corrected_slope(10 * score + 3, 2 * reward - 1, 100 * variance)
    assert (scaled.slope, scaled.se, scaled.reliability) == pytest.approx(
        (once.slope / 5, once.se / 5, once.reliability)
    )


def test_the_formula_in_a_loop() -> None:
    """With variances that differ, one sum after the other."""
    score, reward, _ = _simulated(4, 9, 1.0, 0.5)
    variance = np.linspace(0.01, 0.2, 9)
    s = [one - sum(score) / 9 for one in score]
    r = [one - sum(reward) / 9 for one in reward]
    true = sum(one * one for one in s) - 8 / 9 * sum(variance)
    slope = sum(one * other for one, other in zip(s, r, strict=True)) / true
    residual = sum((other - slope * one) ** 2 for one, other in zip(s, r, strict=True)) / 7
    se = (sum(one * one for one in s) * residual + slope**2 * sum(v * v for v in variance)) ** 0.5 / true
    found = corrected_slope(score, reward, variance)
    assert (found.slope, found.se, found.df) == pytest.approx((slope, se, 7))


def test_scores_that_are_all_error_have_no_reliability() -> None:
    """And equal ones have none either."""
    score, reward, _ = _simulated(5, 10, 1.0, 0.0)
    assert corrected_slope(score, reward, np.full(10, 9.0)).reliability < 0
    assert corrected_slope(np.full(10, 2.0), reward, np.zeros(10)).reliability == 0.0
