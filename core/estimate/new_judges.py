"""What a difference would be with other judges: the spread between scenarios and between judges together."""

from dataclasses import dataclass

import numpy as np

from core.estimate.design import Floats


@dataclass(frozen=True)
class NewJudges:
    """A mean difference whose error counts scenarios and judges as samples; df by Satterthwaite, nan without spread."""

    estimate: float
    se: float
    df: float


def new_judges(paired: Floats) -> NewJudges:
    """Return the mean of `paired` differences (G scenarios, J judges) without gaps, G and J of 2 or more.

    V = V_s + V_j with df = V² / (V_s²/(G-1) + V_j²/(J-1)). V_s is the variance of scenario means over G, which on
    complete data is the CR2 variance of the difference; V_j the variance over judges of the judge's own mean over J.
    """
    g, j = paired.shape
    scenarios = float(paired.mean(axis=1).var(ddof=1)) / g
    judges = float(paired.mean(axis=0).var(ddof=1)) / j
    spread = scenarios**2 / (g - 1) + judges**2 / (j - 1)
    total = scenarios + judges
    return NewJudges(float(paired.mean()), float(np.sqrt(total)), total**2 / spread if spread > 0 else float("nan"))
