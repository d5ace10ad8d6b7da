"""Confidence sequences: intervals of a mean that hold at all times at once, however often and whenever one looks.

They are the predictable plug-in empirical Bernstein sequences of Waudby-Smith and Ramdas (2024, theorem 2), for
outcomes in a known range whose mean, given all earlier ones, is the same. They need no model and no sample size.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.estimate import LEVEL
from core.estimate.design import Floats

MOST_BET = 0.5
"""The largest λ, which bounds what one outcome can cost."""
PRIOR_MEAN, PRIOR_VARIANCE = 0.5, 0.25
"""What counts as one outcome before the first."""


@dataclass(frozen=True)
class ConfidenceSequence:
    """After each of n outcomes, the `low` and `high` end (n) of an interval; they only ever narrow."""

    low: Floats
    high: Floats

    def excludes(self, value: float) -> int | None:
        """Return after how many outcomes the interval first left `value` out, None if it never did."""
        left_out = (self.low > value) | (self.high < value)
        return int(left_out.argmax()) + 1 if left_out.any() else None


def mean_sequence(outcomes: Floats, level: float = LEVEL) -> ConfidenceSequence:
    """Return the confidence sequence of the mean of `outcomes` (n), numbers from 0 to 1 in the order they came in.

    After t of them, with α = 1 - level: (Σ λᵢxᵢ ± (log(2/α) + Σ (xᵢ - μᵢ₋₁)² (-log(1 - λᵢ) - λᵢ))) / Σ λᵢ, and λᵢ =
    min(½, √(2 log(2/α) / (σ²ᵢ₋₁ i log(1 + i)))), where μᵢ₋₁ and σ²ᵢ₋₁ are mean and variance of what came before. What
    an earlier interval left out stays out. Raise ValueError for an outcome that is not in the range.
    """
    x = outcomes
    if not ((x >= 0) & (x <= 1)).all():
        raise ValueError("an outcome is not from 0 to 1")
    log_odds = np.log(2 / (1 - level))
    count = np.arange(1, len(x) + 1)
    mean = (PRIOR_MEAN + np.cumsum(x)) / (count + 1)
    variance = (PRIOR_VARIANCE + np.cumsum((x - mean) ** 2)) / (count + 1)
    earlier_mean, earlier_variance = _before(mean, PRIOR_MEAN), _before(variance, PRIOR_VARIANCE)
    bet = np.minimum(MOST_BET, np.sqrt(2 * log_odds / (earlier_variance * count * np.log1p(count))))
    spent = np.cumsum((x - earlier_mean) ** 2 * (-np.log1p(-bet) - bet))
    total = np.cumsum(bet)
    centre, margin = np.cumsum(bet * x) / total, (log_odds + spent) / total
    low = np.maximum.accumulate(np.maximum(centre - margin, 0.0))
    return ConfidenceSequence(low, np.minimum.accumulate(np.minimum(centre + margin, 1.0)))


def difference_sequence(
    outcomes: Floats, treated: NDArray[np.bool_], share: float, level: float = LEVEL
) -> ConfidenceSequence:
    """Return the confidence sequence of the mean outcome of the treated minus that of the others.

    `outcomes` (n), one a user and from 0 to 1, come in the order in which users were dealt; each was `treated` (n) with
    probability `share`, whatever came before. The pseudo-outcome (xᵢ - μᵢ₋₁) (aᵢ / s - (1 - aᵢ) / (1 - s)), μᵢ₋₁ the
    mean of what came before, has the difference as its mean and lies from -1 / m to 1 / m, m the smaller share: Howard,
    Ramdas, McAuliffe and Sekhon (2021, section 4.2). Raise ValueError for a share that is not between 0 and 1.
    """
    if not 0 < share < 1:
        raise ValueError(f"share is {share}: use a number between 0 and 1")
    count = np.arange(1, len(outcomes) + 1)
    centre = _before((PRIOR_MEAN + np.cumsum(outcomes)) / (count + 1), PRIOR_MEAN)
    pseudo = (outcomes - centre) * np.where(treated, 1 / share, -1 / (1 - share))
    most = 1 / min(share, 1 - share)
    found = mean_sequence((pseudo / most + 1) / 2, level)
    return ConfidenceSequence((2 * found.low - 1) * most, (2 * found.high - 1) * most)


def _before(values: Floats, first: float) -> Floats:
    """Return what each value was one outcome earlier, and `first` before all."""
    return np.concatenate([[first], values[:-1]])
