"""Differences of cells: CR2 variance clustered by scenario, with Satterthwaite degrees of freedom for each contrast.

Bell and McCaffrey (2002); Pustejovsky and Tipton (2018), with an identity working model and the scenario effects
absorbed, which leaves the estimator as it is because they are nested in the clusters.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.estimate.design import Design, Fit, Floats, Ints

ROOT_TOLERANCE = 1e-12
TINY = 1e-24
Pair = tuple[int, int]


@dataclass(frozen=True)
class Differences:
    """`pairs` of cell codes, first minus second: `estimate`, `se`, `df` (c), nan where not estimable.

    `influence` (G, c) is what each scenario contributes, for the studentized bootstrap. `fewest` (c) is the number of
    scenarios in which the cell with fewer of them has scores.
    """

    pairs: tuple[Pair, ...]
    estimate: Floats
    se: Floats
    df: Floats
    influence: Floats
    fewest: Ints


def differences(design: Design, fitted: Fit, pairs: Sequence[Pair], response: int = 0) -> Differences:
    """Return the differences in one response for every pair; on complete data the paired t test of scenario means.

    `response` is a column of the fitted responses.
    """
    left, right = np.array([a for a, _ in pairs], int), np.array([b for _, b in pairs], int)
    unit = np.eye(design.inverse.shape[0])
    contrasts = unit[:, left] - unit[:, right]
    estimate = contrasts.T @ fitted.beta[:, response]
    p = design.inverse.shape[0]
    variance = np.zeros(len(pairs))
    influence = np.zeros((design.n_scenarios, p))
    squares, moved, counts = [], [], []
    for pattern, residual in zip(design.patterns, fitted.residuals, strict=True):
        adjusted = _root_inverse(pattern.centred, design.inverse) @ pattern.centred @ design.inverse
        scores = residual[:, :, response] @ adjusted
        variance += ((scores[:, left] - scores[:, right]) ** 2).sum(axis=0)
        influence[pattern.scenarios] = residual[:, :, response] @ (pattern.centred @ design.inverse)
        squares.append(adjusted.T @ adjusted)
        moved.append(pattern.centred.T @ adjusted)
        counts.append(len(pattern.rows))
    df = _satterthwaite(contrasts, design.inverse, np.array(squares), np.array(moved), np.array(counts, float))
    known = design.estimable(contrasts)
    return Differences(
        tuple(pairs),
        np.where(known, estimate, np.nan),
        np.where(known, np.sqrt(variance), np.nan),
        np.where(known, df, np.nan),
        influence[:, left] - influence[:, right],
        np.minimum(np.diag(design.shared)[left], np.diag(design.shared)[right]),
    )


def _root_inverse(centred: Floats, inverse: Floats) -> Floats:
    """Return the symmetric (I - H)^(-1/2) of one scenario, zero along its null space."""
    values, vectors = np.linalg.eigh(np.eye(len(centred)) - centred @ inverse @ centred.T)
    positive = values > ROOT_TOLERANCE
    return np.asarray((vectors[:, positive] / np.sqrt(values[positive])) @ vectors[:, positive].T)


def _satterthwaite(contrasts: Floats, inverse: Floats, squares: Floats, moved: Floats, counts: Floats) -> Floats:
    """Return (Σ P_gg)² / ΣΣ P_gh², P_gh = [g = h] sᵀs - q_gᵀ M q_h; scenarios of one pattern are counted together."""
    found = np.full(contrasts.shape[1], np.nan)
    for number, contrast in enumerate(contrasts.T):
        own = np.einsum("p,gpq,q->g", contrast, squares, contrast)
        q = moved @ contrast
        turned = q @ inverse
        quadratic = (q * turned).sum(axis=1)
        spread = (turned * counts[:, None]).T @ q
        total = (counts * (own - quadratic)).sum()
        square = (counts * (own**2 - 2 * own * quadratic)).sum() + (spread * spread.T).sum()
        if square > TINY:
            found[number] = total**2 / square
    return found
