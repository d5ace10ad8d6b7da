"""Differences of cells: CR2 variance clustered by scenario, with Satterthwaite degrees of freedom for each contrast.

Bell and McCaffrey (2002); Pustejovsky and Tipton (2018), with an identity working model and the scenario effects
absorbed, which leaves the estimator as it is because they are nested in the clusters. With M = R Rᵀ the inverse of the
design, C a scenario's centred rows, A = Rᵀ CᵀC R and f(A) = (I - A)^(-1/2), the adjusted rows (I - C M Cᵀ)^(-1/2) C M
are C R f(A) Rᵀ: no matrix is larger than the number of cells and judges.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from core.estimate.design import Design, Fit, Floats, Ints
from core.estimate.levels import MINIMUM_DF

ROOT_TOLERANCE = 1e-12
WHOLE_TOLERANCE = 1e-9
TINY = 1e-24
BLOCK = 256
SQUARED_AT_ONCE = 1_000_000
Pair = tuple[int, int]


@dataclass(frozen=True)
class Stretch:
    """How many times as far as t's the lower and the upper limit of each contrast (c) lie, and which `crowded`."""

    low: Floats
    high: Floats
    crowded: NDArray[np.bool_]


@dataclass(frozen=True)
class Differences:
    """`pairs` of cell codes, first minus second: `estimate`, `se`, `df` (c), nan where not estimable.

    `by_cell` (G, K) is what each scenario contributes to each cell, for the studentized bootstrap. `fewest` (c) is the
    number of scenarios in which the cell with fewer of them has scores; `enough` (c) says where a contrast has the 4
    degrees of freedom of its own that an interval needs. `by_judges` (c) is the share of judge × cell effects in the
    variance, None where they add nothing, and `stretch` is None where no contrast
    crowds.
    """

    pairs: tuple[Pair, ...]
    estimate: Floats
    se: Floats
    df: Floats
    by_cell: Floats
    fewest: Ints
    enough: NDArray[np.bool_]
    by_judges: Floats | None = None
    stretch: Stretch | None = None

    @property
    def below(self) -> Floats:
        """Return the standard error (c) that the lower limits rest on: `se` where nothing crowds."""
        return self.se if self.stretch is None else self.se * self.stretch.low

    @property
    def above(self) -> Floats:
        """Return the standard error (c) that the upper limits rest on: `se` where nothing crowds."""
        return self.se if self.stretch is None else self.se * self.stretch.high

    @property
    def towards_zero(self) -> Floats:
        """Return the standard error (c) of the limits on the side of 0, which p, bands and ranks rest on alike."""
        return np.where(self.estimate > 0, self.below, self.above)

    @property
    def influence(self) -> Floats:
        """Return what each scenario contributes to each contrast (G, c)."""
        return paired(self.by_cell, self.pairs)


def paired(by_cell: Floats, pairs: Sequence[Pair]) -> Floats:
    """Return the columns of the pairs' first cells minus those of their second."""
    left, right = sides(pairs)
    return np.asarray((by_cell.T[left] - by_cell.T[right]).T)


def sides(pairs: Sequence[Pair]) -> tuple[Ints, Ints]:
    """Return the codes of the first and of the second cells."""
    both = np.array(pairs, np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def in_blocks(n: int) -> list[slice]:
    """Return slices of at most BLOCK of n pairs: all of 100 cells over 10,000 scenarios would fill 400 MB."""
    return [slice(start, start + BLOCK) for start in range(0, n, BLOCK)]


def differences(design: Design, fitted: Fit, pairs: Sequence[Pair], response: int = 0) -> Differences:
    """Return the differences in one response for every pair; on complete data the paired t test of scenario means.

    `response` is a column of the fitted responses.
    """
    left, right = sides(pairs)
    unit = np.eye(design.inverse.shape[0])
    contrasts = unit[:, left] - unit[:, right]
    found = _clustered(design, fitted)
    blocks = in_blocks(len(pairs))
    variance = [(paired(found.scores[response], pairs[block]) ** 2).sum(axis=0) for block in blocks]
    known, df = design.estimable(contrasts), found.df[left, right]
    return Differences(
        tuple(pairs),
        np.where(known, contrasts.T @ fitted.beta[:, response], np.nan),
        np.where(known, np.sqrt(np.concatenate([np.empty(0), *variance])), np.nan),
        np.where(known, df, np.nan),
        found.influence[response],
        np.minimum(np.diag(design.shared)[left], np.diag(design.shared)[right]),
        known & (np.nan_to_num(df) >= MINIMUM_DF),
    )


@dataclass(frozen=True)
class _Clustered:
    """Over G scenarios, K cells, q responses: `scores` and `influence` (q, G, K), `df` (K, K) of a cell minus another.

    The CR2 variance of a contrast is the sum over scenarios of its squared scores; `influence` is without CR2's
    adjustment, for the bootstrap. A pair's are those of its first cell minus those of its second.
    """

    scores: Floats
    influence: Floats
    df: Floats


_KNOWN: WeakKeyDictionary[Fit, _Clustered] = WeakKeyDictionary()


def _clustered(design: Design, fitted: Fit) -> _Clustered:
    """Return what CR2 needs of a fit; it is computed once, whatever contrasts and responses are asked for."""
    if fitted not in _KNOWN:
        _KNOWN[fitted] = _by_cell(design, fitted)
    return _KNOWN[fitted]


def _by_cell(design: Design, fitted: Fit) -> _Clustered:
    k, q = design.n_cells, fitted.beta.shape[1]
    cells = design.root[:k].T
    scores, influence = (np.zeros((q, k, design.n_scenarios)).transpose(0, 2, 1) for _ in range(2))  # for `paired`
    total, square = np.zeros((k, k)), np.zeros((k, k))
    moved = np.empty((k, len(design.patterns), len(cells)))
    for number, (pattern, residual) in enumerate(zip(design.patterns, fitted.residuals, strict=True)):
        rows = pattern.centred @ design.root
        span = rows.T @ rows
        adjust = _root_inverse(span) @ cells
        for response in range(q):
            given = residual[:, :, response] @ rows
            scores[response, pattern.scenarios] = given @ adjust
            influence[response, pattern.scenarios] = given @ cells
        count, turned = len(pattern.rows), span @ adjust
        own, quadratic = _of_pairs(adjust.T @ turned), _of_pairs(turned.T @ turned)
        total += count * (own - quadratic)
        square += count * (own**2 - 2 * own * quadratic)
        moved[:, number] = np.sqrt(count) * turned.T
    square += _spread(moved)
    df = np.divide(total**2, square, out=np.full((k, k), np.nan), where=square > TINY)
    whole = np.round(df)
    return _Clustered(scores, influence, np.where(np.abs(df - whole) < WHOLE_TOLERANCE, whole, df))


def _root_inverse(span: Floats) -> Floats:
    """Return the symmetric (I - span)^(-1/2), zero along its null space."""
    values, vectors = np.linalg.eigh(np.eye(len(span)) - span)
    positive = values > ROOT_TOLERANCE
    return np.asarray((vectors[:, positive] / np.sqrt(values[positive])) @ vectors[:, positive].T)


def _of_pairs(form: Floats) -> Floats:
    """Return the quadratic form (K, K) of one cell minus another, for every two."""
    own = np.diag(form)
    return own[:, None] + own - 2 * form


def _spread(moved: Floats) -> Floats:
    """Return ΣΣ (q_gᵀ q_h)² for every two cells (K, K), q_g being a pair's difference of `moved` (K, patterns, r).

    Satterthwaite's df is (Σ P_gg)² / ΣΣ P_gh² with P_gh = [g = h] sᵀs - q_gᵀ q_h: this is the part of all g and h, and
    scenarios of one pattern are counted together.
    """
    k, n, r = moved.shape
    left, right = np.triu_indices(k, 1)
    found = np.zeros((k, k))
    step = max(1, SQUARED_AT_ONCE // max(1, n * r))
    for start in range(0, len(left), step):
        pairs = slice(start, start + step)
        q = moved[left[pairs]] - moved[right[pairs]]
        products = q.transpose(0, 2, 1) @ q if r < n else q @ q.transpose(0, 2, 1)
        found[left[pairs], right[pairs]] = (products**2).sum(axis=(1, 2))
    return found + found.T
