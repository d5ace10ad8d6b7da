"""The linear model y ~ cell + judge (sum to zero) + scenario, with the scenario effects swept out.

Scenarios that were scored by the same judges in the same cells share one design, a pattern, so complete data cost one
small solve whatever the number of scenarios.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

RANK_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Pattern:
    """Scenarios with equal (cell, judge) rows: `rows` (m scenarios, n rows) index y, `scenarios` (m) are codes.

    `z` (n, p) is the design of cells and judges of one such scenario, `centred` the same minus its mean.
    """

    rows: Ints
    scenarios: Ints
    z: Floats
    centred: Floats


@dataclass(frozen=True)
class Design:
    """The swept design over K cells, J judges and G scenarios, coded 0, 1, … without gaps.

    `inverse` (p, p) is the pseudo-inverse of Σ centredᵀ centred with p = K + J - 1; `mean` (p) the average over
    scenarios of their mean design rows. `shared` (K, K) counts the scenarios in which both cells have scores.
    """

    patterns: tuple[Pattern, ...]
    n_cells: int
    n_scenarios: int
    inverse: Floats
    projector: Floats
    mean: Floats
    shared: Ints

    def estimable(self, contrasts: Floats) -> NDArray[np.bool_]:
        """Return whether each column of `contrasts` (p, c) lies in the row space of the swept design."""
        missed = np.abs(contrasts - self.projector @ contrasts).max(axis=0, initial=0.0)
        return np.asarray(missed <= RANK_TOLERANCE * np.maximum(1.0, np.abs(contrasts).max(axis=0, initial=0.0)))


@dataclass(frozen=True)
class Fit:
    """Least squares of q responses: `beta` (p, q); by pattern, residuals (m, n, q) and scenario effects (m, q)."""

    beta: Floats
    residuals: tuple[Floats, ...]
    effects: tuple[Floats, ...]
    mean_effect: Floats
    mean_response: Floats


def make_design(cell: Ints, scenario: Ints, judge: Ints) -> Design:
    """Return the design of N > 0 rows; codes run without gaps, and each (cell, scenario, judge) occurs at most once."""
    n_cells, n_judges, n_scenarios = int(cell.max()) + 1, int(judge.max()) + 1, int(scenario.max()) + 1
    groups: dict[bytes, list[Ints]] = {}
    order = np.lexsort((judge, cell, scenario))
    starts = np.flatnonzero(np.diff(scenario[order], prepend=-1))
    for rows in np.split(order, starts[1:]):
        groups.setdefault(np.stack([cell[rows], judge[rows]]).tobytes(), []).append(rows)
    patterns = []
    for members in groups.values():
        rows = np.stack(members)
        z = _rows(cell[rows[0]], judge[rows[0]], n_cells, n_judges)
        patterns.append(Pattern(rows, scenario[rows[:, 0]], z, z - z.mean(axis=0)))
    normal = sum((len(p.rows) * (p.centred.T @ p.centred) for p in patterns), np.zeros((z.shape[1], z.shape[1])))
    inverse, projector = _pseudo_inverse(normal)
    mean = sum((len(p.rows) * p.z.mean(axis=0) for p in patterns), np.zeros(z.shape[1])) / n_scenarios
    present = sum((len(p.rows) * _outer_presence(p.z[:, :n_cells]) for p in patterns), np.zeros((n_cells, n_cells)))
    return Design(tuple(patterns), n_cells, n_scenarios, inverse, projector, mean, present.astype(np.int64))


def fit(design: Design, y: Floats) -> Fit:
    """Return the least-squares fit of the responses `y` (N, q), whose rows are those of the design."""
    p = design.inverse.shape[0]
    moments = np.zeros((p, y.shape[1]))
    for pattern in design.patterns:
        moments += pattern.centred.T @ y[pattern.rows].sum(axis=0)
    beta = design.inverse @ moments
    residuals, effects = [], []
    for pattern in design.patterns:
        block = y[pattern.rows]
        level = block.mean(axis=1)
        residuals.append(block - level[:, None, :] - pattern.centred @ beta)
        effects.append(level - pattern.z.mean(axis=0) @ beta)
    responses = [y[pattern.rows].mean(axis=1) for pattern in design.patterns]
    return Fit(
        beta,
        tuple(residuals),
        tuple(effects),
        np.concatenate(effects).mean(axis=0),
        np.concatenate(responses).mean(axis=0),
    )


def _rows(cell: Ints, judge: Ints, n_cells: int, n_judges: int) -> Floats:
    """Return cell indicators, then judges coded to sum to zero: the last judge is -1 in every judge column."""
    judges = np.vstack([np.eye(n_judges - 1), -np.ones((1, n_judges - 1))])
    return np.hstack([np.eye(n_cells)[cell], judges[judge]])


def _pseudo_inverse(normal: Floats) -> tuple[Floats, Floats]:
    values, vectors = np.linalg.eigh(normal)
    positive = values > RANK_TOLERANCE * max(values.max(initial=0.0), 1e-300)
    basis = vectors[:, positive]
    return (basis / values[positive]) @ basis.T, basis @ basis.T


def _outer_presence(cells: Floats) -> Floats:
    present = (cells.sum(axis=0) > 0).astype(np.float64)
    return np.outer(present, present)
