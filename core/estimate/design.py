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

    `cell` and `judge` (n) are one such scenario's; `n_cells` and `n_judges` the whole design's.
    """

    rows: Ints
    scenarios: Ints
    cell: Ints
    judge: Ints
    n_cells: int
    n_judges: int

    @property
    def z(self) -> Floats:
        """Return the rows (n, p): cell indicators, then judges coded to sum to zero, the last one -1 in all columns.

        They are made anew at each call: of uneven data there are as many patterns as scenarios.
        """
        return model_rows(self.cell, self.judge, self.n_cells, self.n_judges)

    @property
    def centred(self) -> Floats:
        """Return `z` minus its mean over the rows."""
        z = self.z
        return np.asarray(z - z.mean(axis=0))


@dataclass(frozen=True)
class Design:
    """The swept design over K cells, J judges and G scenarios, coded 0, 1, … without gaps.

    `inverse` (p, p) is the pseudo-inverse of Σ centredᵀ centred with p = K + J - 1, and `root` (p, rank) times its
    transpose; `mean` (p) the average over scenarios of their mean design rows. `shared` (K, K) counts the scenarios in
    which both cells have scores.
    """

    patterns: tuple[Pattern, ...]
    n_cells: int
    n_scenarios: int
    inverse: Floats
    root: Floats
    projector: Floats
    mean: Floats
    shared: Ints

    def estimable(self, contrasts: Floats) -> NDArray[np.bool_]:
        """Return whether each column of `contrasts` (p, c) lies in the row space of the swept design."""
        missed = np.abs(contrasts - self.projector @ contrasts).max(axis=0, initial=0.0)
        return np.asarray(missed <= RANK_TOLERANCE * np.maximum(1.0, np.abs(contrasts).max(axis=0, initial=0.0)))


@dataclass(frozen=True, eq=False)
class Fit:
    """Least squares of q responses: `beta` (p, q); by pattern, residuals (m, n, q) and scenario effects (m, q)."""

    beta: Floats
    residuals: tuple[Floats, ...]
    effects: tuple[Floats, ...]
    mean_effect: Floats
    mean_response: Floats


def model_rows(cell: Ints, judge: Ints, n_cells: int, n_judges: int) -> Floats:
    """Return the model's rows (n, p) of these codes of cells and judges (n); scenarios are swept out."""
    judges = np.vstack([np.eye(n_judges - 1), -np.ones((1, n_judges - 1))])
    return np.hstack([np.eye(n_cells)[cell], judges[judge]])


def make_design(cell: Ints, scenario: Ints, judge: Ints) -> Design:
    """Return the design of N > 0 rows; codes run without gaps, and each (cell, scenario, judge) occurs at most once."""
    patterns = _patterns(cell, scenario, judge)
    n_cells, n_scenarios = patterns[0].n_cells, int(scenario.max()) + 1
    counts = np.array([len(pattern.rows) for pattern in patterns], np.float64)
    means = np.array([pattern.z.mean(axis=0) for pattern in patterns])
    centred = (pattern.centred for pattern in patterns)
    p = means.shape[1]
    normal = sum((m * (own.T @ own) for m, own in zip(counts, centred, strict=True)), np.zeros((p, p)))
    inverse, root, projector = _pseudo_inverse(normal)
    present = (means[:, :n_cells] > 0).astype(np.float64)
    shared = ((present * counts[:, None]).T @ present).astype(np.int64)
    return Design(patterns, n_cells, n_scenarios, inverse, root, projector, counts @ means / n_scenarios, shared)


def _patterns(cell: Ints, scenario: Ints, judge: Ints) -> tuple[Pattern, ...]:
    """Return the patterns in the order of their first scenarios."""
    n_cells, n_judges = int(cell.max()) + 1, int(judge.max()) + 1
    key = cell * n_judges + judge
    order = np.argsort(scenario * (n_cells * n_judges) + key, kind="stable")  # quick where rows come in this order
    key = key[order]
    starts = np.flatnonzero(np.diff(scenario[order], prepend=-1))
    sizes = np.diff(starts, append=len(order))
    found = []
    for n in np.unique(sizes):
        alike = np.flatnonzero(sizes == n)
        places = starts[alike][:, None] + np.arange(n)
        # Rows of one scenario are compared as the bytes of their keys, all scenarios of one size at once.
        as_bytes = np.ascontiguousarray(key[places]).view(np.dtype((np.void, key.itemsize * int(n)))).ravel()
        _, first, group = np.unique(as_bytes, return_index=True, return_inverse=True)
        members = np.split(np.argsort(group, kind="stable"), np.cumsum(np.bincount(group))[:-1])
        for place, own in zip(first, members, strict=True):
            codes = key[places[place]]
            rows = order[places[own]]
            found.append(Pattern(rows, scenario[rows[:, 0]], codes // n_judges, codes % n_judges, n_cells, n_judges))
    return tuple(sorted(found, key=lambda pattern: int(pattern.scenarios[0])))


def fit(design: Design, y: Floats) -> Fit:
    """Return the least-squares fit of the responses `y` (N, q), whose rows are those of the design."""
    p = design.inverse.shape[0]
    moments = np.zeros((p, y.shape[1]))
    for pattern in design.patterns:
        moments += pattern.centred.T @ y[pattern.rows].sum(axis=0)
    beta = design.inverse @ moments
    residuals, effects, responses = [], [], []
    for pattern in design.patterns:
        block, centred = y[pattern.rows], pattern.centred
        level = block.mean(axis=1)
        block -= level[:, None, :]
        block -= centred @ beta
        residuals.append(block)
        effects.append(level - pattern.z.mean(axis=0) @ beta)
        responses.append(level)
    return Fit(
        beta,
        tuple(residuals),
        tuple(effects),
        np.concatenate(effects).mean(axis=0),
        np.concatenate(responses).mean(axis=0),
    )


def _pseudo_inverse(normal: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the pseudo-inverse, its root, and the projector onto the row space."""
    values, vectors = np.linalg.eigh(normal)
    positive = values > RANK_TOLERANCE * max(values.max(initial=0.0), 1e-300)
    basis = vectors[:, positive]
    return (basis / values[positive]) @ basis.T, basis / np.sqrt(values[positive]), basis @ basis.T
