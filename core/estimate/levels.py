"""Levels: each cell's marginal mean over the scenarios, its standard error within areas, and its degrees of freedom."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.estimate.design import Design, Fit, Floats, Ints

MINIMUM_DF = 4
TINY = 1e-24


@dataclass(frozen=True)
class Levels:
    """`estimate`, `se`, `df` and `skewness` (K, q); all but df are nan where the level is not estimable.

    `skewness` is that of the estimate, Σ ψ³ / (Σ ψ²)^1.5 over the influences that make `se`, 0 where they vanish. On
    complete data it is the skewness of the scenario means / √G. `enough` (K) says where a level has the 4 degrees of
    freedom of its own that an interval needs.
    """

    estimate: Floats
    se: Floats
    df: Floats
    skewness: Floats
    enough: NDArray[np.bool_]


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
    estimate, contrasts = points(design, fitted), _contrasts(design)
    influence = np.moveaxis(fitted.moments @ (design.inverse @ contrasts), 0, 2)
    influence += ((fitted.effects - fitted.mean_effect) / design.n_scenarios)[:, None, :]
    g = design.n_scenarios
    own = np.diag(design.shared).astype(np.float64)
    plain = g / (g - 1) * (influence**2).sum(axis=0) if g > 1 else np.full_like(estimate, np.nan)
    variance, df, skewness = plain, own - 1, skewness_of((influence**2).sum(axis=0), (influence**3).sum(axis=0))
    if areas is not None and areas.drawn.min() >= 2:
        n_areas = len(areas.drawn)
        stratified, squares, cubes = _within(influence, areas)
        enough = own - n_areas >= MINIMUM_DF
        variance = np.where(enough[:, None], stratified, plain)
        df = np.where(enough, own - n_areas, df)
        skewness = np.where(enough[:, None], skewness_of(squares, cubes), skewness)
    known = ~np.isnan(estimate)
    se, skewness = (np.where(known, found, np.nan) for found in (np.sqrt(variance), skewness))
    return Levels(estimate, se, np.broadcast_to(df[:, None], estimate.shape), skewness, df >= MINIMUM_DF)


def points(design: Design, fitted: Fit) -> Floats:
    """Return the estimates of `levels` alone (K, q), nan where a level is not estimable."""
    contrasts = _contrasts(design)
    estimate = fitted.mean_response + contrasts.T @ fitted.beta
    return np.where(design.estimable(contrasts)[:, None], estimate, np.nan)


def bounded(design: Design, fitted: Fit, estimate: Floats) -> Floats:
    """Return the levels `estimate` (K, q) of responses from 0 to 1, none outside it; nan stays nan.

    A level averages over all G scenarios, with cell plus scenario effect where the cell has no score. Each such filled
    in value stays in 0 to 1, and last the level itself, which uneven judges may carry over an end. Where no filled
    in value leaves the scale this is `estimate`.
    """
    inside = estimate.copy()
    effects = fitted.beta[: design.n_cells]
    absent = ~design.patterns.scored()
    partly = np.flatnonzero(np.asarray(absent.any(axis=1))[design.patterns.of])
    missing = absent[design.patterns.of[partly]]
    for response in range(estimate.shape[1] if len(partly) else 0):
        filled = fitted.effects[partly, response, None] + effects[:, response]
        inside[:, response] += ((np.clip(filled, 0.0, 1.0) - filled) * missing).sum(axis=0) / design.n_scenarios
    return np.clip(inside, 0.0, 1.0)


def _contrasts(design: Design) -> Floats:
    return np.asarray(np.eye(len(design.mean))[:, : design.n_cells] - design.mean[:, None])


def _within(influence: Floats, areas: Areas) -> tuple[Floats, Floats, Floats]:
    """Return the variance within areas, and the sums of squares and cubes about the areas' means."""
    total, squares, cubes = np.zeros((3, *influence.shape[1:]))
    for area, n in enumerate(areas.drawn):
        part = influence[areas.scored == area]
        mean = part.sum(axis=0) / n
        about = ((part - mean) ** 2).sum(axis=0) + (n - len(part)) * mean**2
        total += n / (n - 1) * about
        squares += about
        cubes += ((part - mean) ** 3).sum(axis=0) - (n - len(part)) * mean**3
    return total, squares, cubes


def skewness_of(squares: Floats, cubes: Floats) -> Floats:
    """Return Σ ψ³ / (Σ ψ²)^1.5 from the sums of squares and cubes of influences, 0 where the squares vanish."""
    positive = squares > TINY
    return np.divide(cubes, np.where(positive, squares, 1.0) ** 1.5, out=np.zeros_like(cubes), where=positive)
