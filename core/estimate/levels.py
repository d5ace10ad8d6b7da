"""Levels: each cell's marginal mean over the scenarios, its standard error within areas, and its degrees of freedom."""

from dataclasses import dataclass

import numpy as np

from core.estimate.design import Design, Fit, Floats, Ints

MINIMUM_DF = 4


@dataclass(frozen=True)
class Levels:
    """`estimate`, `se` (K, q) and `df` (K); estimate and se are nan where the level is not estimable."""

    estimate: Floats
    se: Floats
    df: Floats


@dataclass(frozen=True)
class Areas:
    """The areas of the drawn scenarios: `drawn` (A) counts each area's, `scored` (G) codes those that have scores."""

    drawn: Ints
    scored: Ints


def levels(design: Design, fitted: Fit, areas: Areas | None) -> Levels:
    """Return every cell's level for every response: the cell's effect plus the mean scenario effect, judges at zero.

    The influence of scenario g is ψ_g = Σ h·e + (â_g - ā)/G, 0 where it has no score. The variance is Σ_areas n/(n-1) Σ
    (ψ_g - area mean)² over all n drawn scenarios of an area with df = G_cell - areas; without areas it is G/(G-1) Σ ψ²
    over the G scored scenarios with df = G_cell - 1. Areas are ignored if None, if one holds a single drawn scenario,
    and for cells that they would leave with under 4 degrees of freedom. Complete, balanced and in one area this is the
    mean of scenario means with sd/√G.
    """
    p, k = design.inverse.shape[0], design.n_cells
    contrasts = np.eye(p)[:, :k] - design.mean[:, None]
    estimate = fitted.mean_response + contrasts.T @ fitted.beta
    influence = np.zeros((design.n_scenarios, k, fitted.beta.shape[1]))
    for pattern, residual, effect in zip(design.patterns, fitted.residuals, fitted.effects, strict=True):
        weights = pattern.centred @ (design.inverse @ contrasts)
        centred = (effect - fitted.mean_effect) / design.n_scenarios
        influence[pattern.scenarios] = np.einsum("nk,mnq->mkq", weights, residual) + centred[:, None, :]
    g = design.n_scenarios
    own = np.diag(design.shared).astype(np.float64)
    plain = g / (g - 1) * (influence**2).sum(axis=0) if g > 1 else np.full_like(estimate, np.nan)
    variance, df = plain, own - 1
    if areas is not None and areas.drawn.min() >= 2:
        stratified, n_areas = _within(influence, areas), len(areas.drawn)
        enough = own - n_areas >= MINIMUM_DF
        variance = np.where(enough[:, None], stratified, plain)
        df = np.where(enough, own - n_areas, df)
    known = design.estimable(contrasts)[:, None]
    return Levels(np.where(known, estimate, np.nan), np.where(known, np.sqrt(variance), np.nan), df)


def _within(influence: Floats, areas: Areas) -> Floats:
    total = np.zeros(influence.shape[1:])
    for area, n in enumerate(areas.drawn):
        part = influence[areas.scored == area]
        mean = part.sum(axis=0) / n
        total += n / (n - 1) * (((part - mean) ** 2).sum(axis=0) + (n - len(part)) * mean**2)
    return total
