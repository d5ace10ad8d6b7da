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


def levels(design: Design, fitted: Fit, areas: Ints | None) -> Levels:
    """The level of every cell for every response.

    A level is the cell's effect plus the mean of all scenario effects, judges at zero. Its influence on scenario g is
    ψ_g = Σ h·e + (â_g - ā)/G; the variance is Σ_areas n/(n-1) Σ (ψ_g - area mean)² with df = G_cell - areas, or
    G/(G-1) Σ ψ² with df = G_cell - 1 without areas. `areas` (G) are codes; they are left aside when None, when an
    area holds a single scenario, and for cells that would be left with under 4 degrees of freedom. Complete, balanced
    and in one area this is the mean of scenario means with sd/√G.
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
    if areas is not None and np.bincount(areas).min() >= 2:
        stratified, n_areas = _within(influence, areas), int(areas.max()) + 1
        enough = own - n_areas >= MINIMUM_DF
        variance = np.where(enough[:, None], stratified, plain)
        df = np.where(enough, own - n_areas, df)
    known = design.estimable(contrasts)[:, None]
    return Levels(np.where(known, estimate, np.nan), np.where(known, np.sqrt(variance), np.nan), df)


def _within(influence: Floats, areas: Ints) -> Floats:
    total = np.zeros(influence.shape[1:])
    for area in range(int(areas.max()) + 1):
        part = influence[areas == area]
        n = len(part)
        total += n / (n - 1) * ((part - part.mean(axis=0)) ** 2).sum(axis=0)
    return total
