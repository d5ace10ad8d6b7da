"""Judges who like other cells (judge × cell effects) where they saw other parts of them: what that does to a contrast.

The model has no such effects. Where every judge scored the same of every cell, they average out as they should, each
judge weighing the same; where not, a level holds them in other shares, and its own standard error does not show it.
"""

from dataclasses import dataclass

import numpy as np

from core.estimate.design import Design, Fit, Floats
from core.estimate.levels import Levels

FEWEST_JUDGES = 3
"""With two, one judge's liking cannot be told from the other's dislike."""
NO_INFORMATION = 1e-9


@dataclass(frozen=True)
class JudgeCell:
    """`variance` (q) of a judge × cell effect by response, 0 at least, and its degrees of freedom `df`.

    `weights` (K · J, K) say how each level weighs the effect of judge j on cell k, at k · J + j, beyond 1/J on its own.
    """

    variance: Floats
    df: float
    weights: Floats

    @property
    def unevenness(self) -> Floats:
        """Return for each cell (K) the variance of its level that effects of variance 1 add; 0 where crossed evenly."""
        return np.asarray((self.weights**2).sum(axis=0))

    def added(self, levels: Levels) -> tuple[Floats, Floats]:
        """Return the standard errors of `levels` with what the effects add, and their df (K, q) by Satterthwaite."""
        own = levels.se**2
        more = self.unevenness[:, None] * self.variance
        own_df = np.broadcast_to(levels.df[:, None], own.shape)
        with np.errstate(divide="ignore", invalid="ignore"):
            df = (own + more) ** 2 / (own**2 / own_df + more**2 / self.df)
        some = more > 0
        return np.where(some, np.sqrt(own + more), levels.se), np.where(some, df, own_df)


def judge_cell(design: Design, fitted: Fit) -> JudgeCell:
    """Return the variance of judge × cell effects, 0 with under three judges, and the levels' weights on them.

    With D the indicators of (cell, judge) and M the residual maker of the model, S = Dᵀe sums the residuals by (cell,
    judge). Effects of variance σ² add σ² Σ_l A_il² to E[S_i²], A = DᵀMD, and the rest of it is estimated as Σ_g of the
    squared influence of scenario g on S_i about its mean. σ² is the moment estimate over all i, weighted by 1/n_i,
    where i has two scenarios or more.
    """
    k, j, g = design.n_cells, design.patterns[0].n_judges, design.n_scenarios
    nothing = np.zeros(fitted.beta.shape[1])
    if j == 1 or (len(design.patterns) == 1 and len(design.patterns[0].cell) == k * j):
        return JudgeCell(nothing, np.inf, np.zeros((k * j, k)))
    coded = np.hstack([np.repeat(np.eye(k), j, axis=0), np.tile(np.vstack([np.eye(j - 1), -np.ones(j - 1)]), (k, 1))])
    present = np.zeros((len(design.patterns), k * j))
    for own, pattern in zip(present, design.patterns, strict=True):
        own[pattern.cell * j + pattern.judge] = 1.0
    scenarios = np.array([len(pattern.rows) for pattern in design.patterns], np.float64)
    shares = scenarios / present.sum(axis=1)
    counts = scenarios @ present
    crossed = counts[:, None] * coded - present.T @ (shares[:, None] * (present @ coded))
    contrasts = np.eye(len(design.inverse))[:, :k] - design.mean[:, None]
    weights = crossed @ design.inverse @ contrasts + (present.T @ shares / g)[:, None]
    weights -= np.repeat(np.eye(k), j, axis=0) / j
    if j < FEWEST_JUDGES:
        return JudgeCell(nothing, np.inf, weights)
    remaining = np.diag(counts) - present.T @ (shares[:, None] * present) - crossed @ design.inverse @ crossed.T
    per = np.where(counts > 1, 1 / np.maximum(counts, 1), 0.0)
    information = float((remaining**2).sum(axis=1) @ per)
    if information <= NO_INFORMATION:
        return JudgeCell(nothing, np.inf, weights)
    excess = _excess(design, fitted, coded, crossed @ design.inverse, counts)
    return JudgeCell(np.maximum(per @ excess, 0.0) / information, float((k - 1) * (j - 1)), weights)


def _excess(design: Design, fitted: Fit, coded: Floats, swept: Floats, counts: Floats) -> Floats:
    """Return for each (cell, judge) and response the squared sum of residuals beyond what scenarios bring by chance."""
    j = design.patterns[0].n_judges
    residuals = np.zeros((design.n_scenarios, len(coded), fitted.beta.shape[1]))
    for pattern, residual in zip(design.patterns, fitted.residuals, strict=True):
        residuals[pattern.scenarios[:, None], pattern.cell * j + pattern.judge] = residual
    squared = residuals.sum(axis=0) ** 2
    by_chance = np.empty_like(squared)
    for response in range(squared.shape[1]):
        own = residuals[:, :, response]
        by_chance[:, response] = ((own - (own @ coded) @ swept.T) ** 2).sum(axis=0)
    n = np.maximum(counts, 2.0)[:, None]
    return np.asarray(squared - n / (n - 1) * (by_chance - squared / n))
