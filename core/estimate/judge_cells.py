"""Judges who like other cells and saw other parts: what the additive model of cells and judges leaves out.

The score of a cell is meant as the mean of its judges, each weighing the same. Where some judges scored more of a cell
than of another, the additive model weighs them by what they scored. With judge × cell effects γ_jk of variance σ², an
estimate that weighs judge j in cell k by H_jk instead of by T_jk (1/J in its own cell, 0 elsewhere) is off by
Σ (H_jk - T_jk) γ_jk, of variance σ² Σ (H_jk - T_jk)², which is 0 exactly where all judges scored the same.

σ² is estimated by Henderson's (1953) method III: with t the residuals' sums by (judge, cell) and A the matrix with
t = A γ without noise, E tᵀA⁺t = σ² tr A + tr A⁺N. N is the noise of t, estimated from the spread of the scenarios'
parts of it, so that scores of one scenario may depend on each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from core.estimate.crowded_differences import joined
from core.estimate.design import Design, Fit, Floats, model_rows
from core.estimate.differences import Differences, Mask, Pair, differences, sides
from core.estimate.levels import Levels

EVEN = 1e-9
RANK_TOLERANCE = 1e-9
UNEVEN = 0.01
"""From here on a cell is called unevenly judged: the squared distances of its weights from equal ones, added up."""


@dataclass(frozen=True)
class JudgeCells:
    """What judge × cell effects add: `variance` (q) of one effect by response, 0 where none is seen, with its `df` (q).

    `contrasts` and `levels` (K, K) are inner products of the cells' distances H - T, of unit contrasts and of levels: a
    difference's sum of squares is that of its two cells' distance.
    """

    variance: Floats
    df: Floats
    contrasts: Floats
    levels: Floats

    def uneven(self) -> NDArray[np.bool_]:
        """Return for each cell (K) whether its judges scored so unequal parts that it is to be said."""
        return np.asarray(np.diag(self.levels) >= UNEVEN)


_KNOWN: WeakKeyDictionary[Fit, JudgeCells] = WeakKeyDictionary()


def judge_cells(design: Design, fitted: Fit) -> JudgeCells:
    """Return what judge × cell effects add to the fit's estimates; it is computed once for a fit."""
    if fitted not in _KNOWN:
        _KNOWN[fitted] = _judge_cells(design, fitted)
    return _KNOWN[fitted]


def compared(
    design: Design, fitted: Fit, pairs: Sequence[Pair], response: int = 0, exactly: Mask | None = None
) -> Differences:
    """Return the differences of the pairs with judge × cell effects in `se` and `df`, and limits that crowd joined.

    On even data that crowds nowhere these are `differences`, which say what `exactly` is.
    """
    found = differences(design, fitted, pairs, response, exactly)
    return joined(design, _with_judges(design, fitted, found, response))


def _with_judges(design: Design, fitted: Fit, found: Differences, response: int) -> Differences:
    effects = judge_cells(design, fitted)
    left, right = sides(found.pairs)
    own = np.diag(effects.contrasts)
    added = effects.variance[response] * (own[left] + own[right] - 2 * effects.contrasts[left, right])
    if not (added > 0).any():
        return found
    se, df = _joined(found.se**2, found.df, added, effects.df[response])
    return replace(found, se=se, df=df, by_judges=added / se**2)


def widened_levels(design: Design, fitted: Fit, found: Levels) -> Levels:
    """Return the levels with judge × cell effects in `se` and `df`; `found` itself on even data."""
    effects = judge_cells(design, fitted)
    added = np.diag(effects.levels)[:, None] * effects.variance
    if not (added > 0).any():
        return found
    se, df = _joined(found.se**2, found.df, added, effects.df)
    return replace(found, se=se, df=df)


def _joined(variance: Floats, df: Floats, added: Floats, added_df: Floats | float) -> tuple[Floats, Floats]:
    """Return the error of two independent variances together and its degrees of freedom by Satterthwaite."""
    total = variance + added
    with np.errstate(invalid="ignore", divide="ignore"):
        joined = total**2 / (variance**2 / df + added**2 / added_df)
    return np.sqrt(total), np.where(added > 0, joined, df)


def _judge_cells(design: Design, fitted: Fit) -> JudgeCells:
    k, q = design.n_cells, fitted.beta.shape[1]
    shares = _Shares(design)
    contrasts, levels = shares.distances()
    nothing = JudgeCells(np.zeros(q), np.full(q, np.nan), np.zeros((k, k)), np.zeros((k, k)))
    if max(np.abs(contrasts).max(), np.abs(levels).max()) < EVEN or design.n_scenarios < 2:
        return nothing
    variance, df = shares.effects(fitted)
    return JudgeCells(variance, df, contrasts.T @ contrasts, levels.T @ levels)


class _Shares:
    """Who scored what: codes judge · K + cell, by pattern, and what the swept model makes of them."""

    def __init__(self, design: Design) -> None:
        self.design, self.k, self.n_judges = design, design.n_cells, design.n_judges
        self.present = design.patterns.present.reshape(-1, self.n_judges * self.k).astype(np.float64)
        self.counts, self.sizes = design.patterns.counts, design.patterns.sizes
        judge, cell = np.divmod(np.arange(self.n_judges * self.k), self.k)
        z = model_rows(cell, judge, self.k, self.n_judges)
        means = self.present @ z / self.sizes[:, None]
        weighted = self.present * self.counts[:, None]
        self.swept = weighted.sum(axis=0)[:, None] * z - weighted.T @ means

    def distances(self) -> tuple[Floats, Floats]:
        """Return H - T (J·K, K) for the cells' unit contrasts, up to what two cells share, and for their levels."""
        design, k = self.design, self.k
        target = np.tile(np.eye(k), (self.n_judges, 1)) / self.n_judges
        unit = np.eye(design.inverse.shape[0])[:, :k]
        weights = self.swept @ design.inverse
        mean_row = (self.present / self.sizes[:, None] * self.counts[:, None]).sum(axis=0) / design.n_scenarios
        contrasts = weights @ unit - target
        levels = mean_row[:, None] + weights @ (unit - design.mean[:, None]) - target
        return contrasts - contrasts.mean(axis=1, keepdims=True), levels

    def effects(self, fitted: Fit) -> tuple[Floats, Floats]:
        """Return the variance (q) of the judge × cell effects and its degrees of freedom (q)."""
        design, n = self.design, self.present.shape[1]
        pairs = (self.present * (self.counts / self.sizes)[:, None]).T @ self.present
        a = np.diag(self.counts @ self.present) - pairs - self.swept @ design.inverse @ self.swept.T
        values, vectors = np.linalg.eigh(a)
        positive = values > RANK_TOLERANCE * max(values.max(initial=0.0), 1e-300)
        if not positive.any():
            return np.zeros(fitted.beta.shape[1]), np.full(fitted.beta.shape[1], np.nan)
        root = vectors[:, positive] / np.sqrt(values[positive])
        trace, df = values[positive].sum(), values[positive].sum() ** 2 / (values[positive] ** 2).sum()
        variance, own_df = [], []
        g, rows = design.n_scenarios, design.rows
        codes = rows.judge * self.k + rows.cell
        for response in range(fitted.beta.shape[1]):
            parts = np.zeros((g, n))
            parts[rows.scenario, codes] = fitted.residuals[response]
            turned = parts @ root
            total = turned.sum(axis=0)
            noise = g / (g - 1) * ((turned - total / g) ** 2).sum()
            seen = max((total**2).sum(), noise)
            variance.append((seen - noise) / trace)
            own_df.append(df * ((seen - noise) / seen) ** 2 if seen > 0 else np.nan)
        return np.array(variance), np.array(own_df)
