"""The slope of rewards on true scores, of which only scores with errors are known."""

from dataclasses import dataclass

import numpy as np

from core.estimate import LEVEL
from core.estimate.design import Floats
from core.estimate.student import t_quantile


@dataclass(frozen=True)
class CorrectedSlope:
    """The `slope` and its standard error, on K - 2 degrees of freedom.

    `reliability` is the share of the scores' variance between cells that is not their error; where it is not above 0,
    the slope means nothing.
    """

    slope: float
    se: float
    df: int
    reliability: float

    def limits(self) -> tuple[float, float]:
        """Return slope ± t(K - 2) · se at 95 %."""
        half = float(t_quantile(self.df, (1 + LEVEL) / 2)) * self.se
        return self.slope - half, self.slope + half


def corrected_slope(score: Floats, reward: Floats, variance: Floats) -> CorrectedSlope:
    """Return the slope of reward on true score over K > 2 cells whose scores have the error `variance` (K), known.

    Fuller (1987, section 1.2): b = Σ s r / (Σ s² - (1 - 1/K) Σ v), s and r being scores and rewards about their means;
    se² = (Σ s² · Σ (r - b s)² / (K - 2) + b² Σ v²) / (Σ s² - (1 - 1/K) Σ v)², his equation 1.2.17 with variances that
    differ. What rewards differ from the line by, their own error and what scores do not explain, is in the residuals,
    so no variance of theirs is needed.
    """
    k = len(score)
    s, r = score - score.mean(), reward - reward.mean()
    squares = float(s @ s)
    true = squares - (1 - 1 / k) * float(variance.sum())
    slope = float(s @ r) / true if true else float("nan")
    residual = float(((r - slope * s) ** 2).sum()) / (k - 2)
    error = np.sqrt(squares * residual + slope**2 * float((variance**2).sum())) / abs(true) if true else float("nan")
    return CorrectedSlope(slope, float(error), k - 2, true / squares if squares else 0.0)
