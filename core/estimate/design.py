"""The linear model y ~ cell + judge (sum to zero) + scenario, with the scenario effects swept out.

Scenarios that were scored by the same judges in the same cells share one design, a pattern, so complete data cost one
small solve whatever the number of scenarios.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

RANK_TOLERANCE = 1e-9
NOTHING = 1e-12
"""Eigenvalues up to this share of the largest count are what rounding leaves of 0."""


@dataclass(frozen=True)
class Rows:
    """Codes of N rows, 0, 1, … without gaps: at most one row a (cell, scenario, judge)."""

    cell: Ints
    scenario: Ints
    judge: Ints


@dataclass(frozen=True)
class Patterns:
    """Which judges scored which cells: P different ones, and the pattern of each of G scenarios in `of` (G).

    `present` (P, J, K) says what is scored; `counts` (P) are its scenarios, `sizes` (P) the rows of one of them and
    `means` (P, p) their mean design row.
    """

    of: Ints
    present: NDArray[np.bool_]
    counts: Floats
    sizes: Floats
    means: Floats

    def scored(self) -> NDArray[np.bool_]:
        """Return whether any judge scored a cell (P, K)."""
        return np.asarray(self.present.any(axis=1))

    def squares(self, part: slice) -> Floats:
        """Return CᵀC (b, p, p) of some patterns, C being the design rows of one scenario minus their mean."""
        present = self.present[part].astype(np.float64)
        _, n_judges, k = present.shape
        coding = judge_coding(n_judges)
        by_judge = coding.T @ present
        found = np.zeros((len(present), k + n_judges - 1, k + n_judges - 1))
        found[:, np.arange(k), np.arange(k)] = present.sum(axis=1)
        found[:, k:, :k], found[:, :k, k:] = by_judge, by_judge.transpose(0, 2, 1)
        found[:, k:, k:] = coding.T @ (present.sum(axis=2)[:, :, None] * coding)
        means = self.means[part] * np.sqrt(self.sizes[part])[:, None]
        found -= means[:, :, None] * means[:, None, :]
        return found


@dataclass(frozen=True)
class Design:
    """The swept design over K cells, J judges and G scenarios, coded 0, 1, … without gaps.

    `inverse` (p, p) is the pseudo-inverse of Σ centredᵀ centred with p = K + J - 1, and `root` (p, rank) times its
    transpose; `mean` (p) the average over scenarios of their mean design rows. `shared` (K, K) counts the scenarios in
    which both cells have scores.
    """

    rows: Rows
    patterns: Patterns
    n_cells: int
    n_judges: int
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
    """Least squares of q responses: `beta` (p, q), residuals (q, N) and scenario effects (G, q).

    `moments` (q, G, p) are each scenario's design rows times its residuals.
    """

    beta: Floats
    residuals: Floats
    moments: Floats
    effects: Floats
    mean_effect: Floats
    mean_response: Floats


def model_rows(cell: Ints, judge: Ints, n_cells: int, n_judges: int) -> Floats:
    """Return the model's rows (n, p) of these codes of cells and judges (n); scenarios are swept out."""
    return np.hstack([np.eye(n_cells)[cell], judge_coding(n_judges)[judge]])


def judge_coding(n_judges: int) -> Floats:
    """Return the judges' part of the model's rows (J, J - 1): they sum to zero, the last one is -1 in all columns."""
    return np.vstack([np.eye(n_judges - 1), -np.ones((1, n_judges - 1))])


def make_design(cell: Ints, scenario: Ints, judge: Ints) -> Design:
    """Return the design of N > 0 rows; codes run without gaps, and each (cell, scenario, judge) occurs at most once."""
    n_cells, n_judges, n_scenarios = (int(codes.max()) + 1 for codes in (cell, judge, scenario))
    patterns = _patterns(Rows(cell, scenario, judge), (n_scenarios, n_judges, n_cells))
    counts, means = patterns.counts, patterns.means
    together = np.tensordot(counts, patterns.present.astype(np.float64), axes=1)
    coding = judge_coding(n_judges)
    normal = np.block(
        [
            [np.diag(together.sum(axis=0)), together.T @ coding],
            [coding.T @ together, coding.T @ (together.sum(axis=1)[:, None] * coding)],
        ]
    )
    largest = normal.max()
    normal -= (means * (counts * patterns.sizes)[:, None]).T @ means
    inverse, root, projector = _pseudo_inverse(normal, NOTHING * largest)
    scored = patterns.scored().astype(np.float64)
    shared = ((scored * counts[:, None]).T @ scored).astype(np.int64)
    return Design(
        Rows(cell, scenario, judge),
        patterns,
        n_cells,
        n_judges,
        n_scenarios,
        inverse,
        root,
        projector,
        counts @ means / n_scenarios,
        shared,
    )


def _patterns(rows: Rows, shape: tuple[int, int, int]) -> Patterns:
    """Return the patterns of (scenarios, judges, cells), in the order of what they hold."""
    present = np.zeros(shape, bool)
    present[rows.scenario, rows.judge, rows.cell] = True
    packed = np.packbits(present.reshape(len(present), -1), axis=1)
    as_bytes = packed.view(np.dtype((np.void, packed.shape[1]))).ravel()
    _, first, of, counts = np.unique(as_bytes, return_index=True, return_inverse=True, return_counts=True)
    present = present[first]
    by_cell, by_judge = present.sum(axis=1), present.sum(axis=2)
    sizes = np.maximum(by_judge.sum(axis=1), 1).astype(np.float64)
    means = np.hstack([by_cell, by_judge @ judge_coding(shape[1])]) / sizes[:, None]
    return Patterns(of, present, counts.astype(np.float64), sizes, means)


def fit(design: Design, y: Floats) -> Fit:
    """Return the least-squares fit of the responses `y` (N, q), whose rows are those of the design."""
    rows, k = design.rows, design.n_cells
    level = _sums(rows.scenario, design.n_scenarios, y.T).T / design.patterns.sizes[design.patterns.of][:, None]
    coding = judge_coding(design.n_judges)
    residuals = np.empty(y.shape[::-1])
    for own, response, mean in zip(residuals, y.T, level.T, strict=True):
        np.subtract(response, mean[rows.scenario], out=own)
    by_judge = _sums(rows.judge, design.n_judges, residuals) @ coding
    beta = design.inverse @ np.hstack([_sums(rows.cell, k, residuals), by_judge]).T
    fitted = (design.patterns.means @ beta)[design.patterns.of]
    judges = coding @ beta[k:]
    for response in range(len(residuals)):
        residuals[response] -= beta[rows.cell, response]
        residuals[response] -= judges[rows.judge, response]
        residuals[response] += fitted[rows.scenario, response]
    effects = level - fitted
    return Fit(beta, residuals, _moments(design, residuals), effects, effects.mean(axis=0), level.mean(axis=0))


def _moments(design: Design, residuals: Floats) -> Floats:
    rows, g = design.rows, design.n_scenarios
    parts = [
        _sums(rows.scenario * n + codes, g * n, residuals).reshape(-1, g, n)
        for codes, n in ((rows.cell, design.n_cells), (rows.judge, design.n_judges))
    ]
    return np.concatenate([parts[0], parts[1] @ judge_coding(design.n_judges)], axis=2)


def _sums(codes: Ints, n: int, values: Sequence[Floats] | Floats) -> Floats:
    """Return the sums (q, n) of each of q rows of values by code."""
    return np.array([np.bincount(codes, own, n) for own in values])


def _pseudo_inverse(normal: Floats, nothing: float) -> tuple[Floats, Floats, Floats]:
    """Return the pseudo-inverse, its root, and the projector onto the row space; `nothing` is a rounding error."""
    values, vectors = np.linalg.eigh(normal)
    positive = values > max(RANK_TOLERANCE * values.max(initial=0.0), nothing)
    basis = vectors[:, positive]
    return (basis / values[positive]) @ basis.T, basis / np.sqrt(values[positive]), basis @ basis.T
