"""Confidence sequences against confseq, against a loop over the formula, and by how often they fail at any look."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from core.estimate.design import Floats
from core.monitoring.sequences import difference_sequence, mean_sequence

GOLDEN = Path(__file__).parents[2] / "golden" / "policies"
OUTCOMES = np.random.default_rng(1).beta(2, 5, 300)


def _by_loop(outcomes: list[float], level: float) -> list[tuple[float, float]]:
    """Return the interval after each outcome, by the formulas one after the other."""
    log_odds = math.log(2 / (1 - level))
    low, high, total, weighted, spent = 0.0, 1.0, 0.0, 0.0, 0.0
    seen: list[float] = []
    means = [0.5]
    found = []
    for t, x in enumerate(outcomes, start=1):
        variance = (0.25 + sum((one - mean) ** 2 for one, mean in zip(seen, means[1:], strict=True))) / t
        bet = min(0.5, math.sqrt(2 * log_odds / (variance * t * math.log(1 + t))))
        total, weighted = total + bet, weighted + bet * x
        spent += (x - means[-1]) ** 2 * (-math.log(1 - bet) - bet)
        seen.append(x)
        means.append((0.5 + sum(seen)) / (t + 1))
        low = max(low, (weighted - log_odds - spent) / total)
        high = min(high, (weighted + log_odds + spent) / total)
        found.append((low, high))
    return found


@pytest.mark.parametrize("name", ["beta", "rare"])
def test_a_mean_has_the_sequence_of_confseq(name: str) -> None:
    """To the last digits with its own bets, and nearly with the mean that its package begins at 0 and not at 1/2."""
    golden = json.loads((GOLDEN / "confseq.json").read_text("utf-8"))[name]
    found = mean_sequence(np.array(golden["outcomes"]))
    for kind, tolerance in (("plug_in", 1e-12), ("package", 0.03)):
        low, high = (np.array(golden[kind][end]) for end in ("low", "high"))
        assert found.low == pytest.approx(np.maximum.accumulate(np.maximum(low, 0)), abs=tolerance)
        assert found.high == pytest.approx(np.minimum.accumulate(np.minimum(high, 1)), abs=tolerance)


@pytest.mark.parametrize("level", [0.95, 0.9])
def test_a_mean_has_the_interval_of_the_formulas(level: float) -> None:
    """After every outcome; it never widens."""
    found = mean_sequence(OUTCOMES, level)
    expected = np.array(_by_loop(OUTCOMES.tolist(), level))
    assert found.low == pytest.approx(expected[:, 0], abs=1e-12)
    assert found.high == pytest.approx(expected[:, 1], abs=1e-12)
    assert (np.diff(found.low) >= 0).all()
    assert (np.diff(found.high) <= 0).all()


def test_what_comes_later_changes_no_earlier_interval() -> None:
    """So the interval of today is the same tomorrow."""
    whole, part = mean_sequence(OUTCOMES), mean_sequence(OUTCOMES[:100])
    assert np.array_equal(whole.low[:100], part.low)
    assert np.array_equal(whole.high[:100], part.high)


def test_a_difference_is_that_of_pseudo_outcomes() -> None:
    """Each user's outcome, less what was expected, counts for or against by the share of their part."""
    rng = np.random.default_rng(2)
    treated = rng.random(400) < 0.3
    x = (rng.random(400) < np.where(treated, 0.6, 0.2)).astype(float)
    pseudo = []
    for place in range(400):
        centre = (0.5 + x[:place].sum()) / (place + 1)
        pseudo.append((x[place] - centre) / (0.3 if treated[place] else -0.7))
    expected = np.array(_by_loop([(one * 0.3 + 1) / 2 for one in pseudo], 0.95))
    found = difference_sequence(x, treated, 0.3)
    assert found.low == pytest.approx((2 * expected[:, 0] - 1) / 0.3, abs=1e-10)
    assert found.high == pytest.approx((2 * expected[:, 1] - 1) / 0.3, abs=1e-10)
    assert found.low[-1] < 0.4 < found.high[-1]


def test_the_first_look_that_excludes_is_found() -> None:
    """A large difference shows early, none does not."""
    rng = np.random.default_rng(3)
    treated = rng.random(2_000) < 0.5
    x = (rng.random(2_000) < np.where(treated, 0.7, 0.3)).astype(float)
    found = difference_sequence(x, treated, 0.5)
    look = found.excludes(0.0)
    assert look is not None
    assert found.low[look - 1] > 0 >= found.low[look - 2]
    assert found.excludes(0.4) is None


def test_few_of_many_fail_at_their_worst_look() -> None:
    """Of 300 experiments without a difference at most 5 % ever say there is one; fixed intervals say it often."""
    rng = np.random.default_rng(4)
    wrong, fixed = 0, 0
    for _ in range(300):
        treated = rng.random(400) < 0.5
        x = (rng.random(400) < 0.3).astype(float)
        wrong += difference_sequence(x, treated, 0.5).excludes(0.0) is not None
        fixed += _any_fixed(x, treated)
    assert wrong <= 15
    assert fixed > 60


def _any_fixed(x: Floats, treated: np.ndarray) -> bool:
    """Return whether an interval of 1.96 standard errors excluded 0 at any of the looks from 50 users on."""
    count = np.arange(1, len(x) + 1)
    means, variances = [], []
    for part in (treated, ~treated):
        n = np.maximum(part.cumsum(), 1)
        mean = (x * part).cumsum() / n
        means.append(mean)
        variances.append(mean * (1 - mean) / n)
    differs = np.abs(means[0] - means[1]) > 1.96 * np.sqrt(variances[0] + variances[1])
    return bool(differs[count >= 50].any())


def test_what_is_out_of_range_is_refused() -> None:
    """An interval of it would hold nothing."""
    for wrong in (-0.1, 1.1, math.nan):
        with pytest.raises(ValueError, match="from 0 to 1"):
            mean_sequence(np.array([0.5, wrong]))
    for share in (0.0, 1.0):
        with pytest.raises(ValueError, match="share is"):
            difference_sequence(OUTCOMES, OUTCOMES > 0.3, share)
