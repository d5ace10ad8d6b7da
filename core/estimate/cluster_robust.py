"""CR2's adjustment by scenario, and what Satterthwaite's degrees of freedom need of it, a few scenarios at a time.

With M = R Rᵀ the inverse of the design, C a scenario's centred rows, A = Rᵀ CᵀC R and f(A) = (I - A)^(-1/2), the
adjusted rows (I - C M Cᵀ)^(-1/2) C M are C R f(A) Rᵀ: no matrix is larger than the number of cells and judges.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from core.estimate.design import Design, Fit, Floats, Ints

ROOT_TOLERANCE = 1e-12
SMALL = 0.5
"""With no larger a norm of A the binomial series of f(A) is summed, in a third of the time of its eigenvalues."""
PRECISE = 1e-14
AT_ONCE = 500_000
"""Entries of the matrices that are worked on at once: about what a processor's cache holds."""
SPREAD_AT_ONCE = 4_000_000


@dataclass(frozen=True)
class Clustered:
    """Over G scenarios, K cells, q responses: `scores` and `influence` (q, G, K), and sums over scenarios (K, K).

    The CR2 variance of a contrast is the sum over scenarios of its squared scores; `influence` is without CR2's
    adjustment, for the bootstrap. A pair's are those of its first cell minus those of its second. Satterthwaite's df is
    (Σ P_gg)² / ΣΣ P_gh² with P_gh = [g = h] sᵀs - q_gᵀ q_h, s and q_g (r) being a pair's: `total` is Σ P_gg, `square`
    Σ (P_gg² - (q_gᵀ q_g)²). `spread` is ΣΣ (q_gᵀ q_h)² of the pairs for which it was asked, nan of others: it lies from
    `least` = |Σ q_g|⁴ / G² to `most` = (Σ q_gᵀ q_g)².
    """

    scores: Floats
    influence: Floats
    total: Floats
    square: Floats
    least: Floats
    most: Floats
    spread: Floats


_KNOWN: WeakKeyDictionary[Fit, Clustered] = WeakKeyDictionary()


def clustered(design: Design, fitted: Fit, left: Ints, right: Ints) -> Clustered:
    """Return what CR2 needs of a fit, with the spread of these pairs; once computed, it is remembered with the fit."""
    found = _KNOWN.get(fitted)
    if found is None:
        spreads = _Spreads(design, left, right)
        found = _KNOWN[fitted] = _clustered(design, fitted, spreads)
        spreads.fill(found.spread)
    while np.isnan(found.spread[left, right]).any():
        unknown = np.isnan(found.spread[left, right])
        spreads = _Spreads(design, left[unknown], right[unknown])
        for part, _, turned in _adjusted(design):
            spreads.add(design.patterns.counts[part], turned)
        spreads.fill(found.spread)
    return found


def _clustered(design: Design, fitted: Fit, spreads: "_Spreads") -> Clustered:
    k, patterns = design.n_cells, design.patterns
    given = fitted.moments @ design.root
    scores = np.empty((*given.shape[:2], k))
    of_pattern = np.split(np.argsort(patterns.of, kind="stable"), np.cumsum(patterns.counts.astype(np.int64))[:-1])
    shares, moved, square = np.zeros((3, k, k))
    total = np.zeros((design.root.shape[1], k))
    for part, adjust, turned in _adjusted(design):
        for own, scenarios in zip(adjust, of_pattern[part], strict=True):
            scores[:, scenarios] = given[:, scenarios] @ own
        counts = patterns.counts[part]
        total += np.tensordot(counts, turned, axes=1)
        forms = turned.transpose(0, 2, 1) @ turned
        moved += np.tensordot(counts, forms, axes=1)
        square -= np.tensordot(counts, _of_pairs(forms) ** 2, axes=1)
        forms = adjust.transpose(0, 2, 1) @ turned - forms
        shares += np.tensordot(counts, forms, axes=1)
        square += np.tensordot(counts, _of_pairs(forms) ** 2, axes=1)
        spreads.add(counts, turned)
    least, most = (_of_pairs(total.T @ total) / design.n_scenarios) ** 2, _of_pairs(moved) ** 2
    spread = most.copy() if len(patterns.counts) == 1 else np.full((k, k), np.nan)
    np.fill_diagonal(spread, 0.0)
    influence = given @ design.root[:k].T
    return Clustered(_by_columns(scores), _by_columns(influence), _of_pairs(shares), square, least, most, spread)


def _by_columns(found: Floats) -> Floats:
    """Return the array (q, G, K) so that a cell's numbers lie side by side: pairs of cells are what is read."""
    return np.ascontiguousarray(found.transpose(0, 2, 1)).transpose(0, 2, 1)


def _adjusted(design: Design) -> Iterator[tuple[slice, Floats, Floats]]:
    """Yield parts of the patterns with f(A) Rᵀ and A f(A) Rᵀ (b, r, K), those of the cells."""
    root, n = design.root, len(design.patterns.counts)
    cells = root[: design.n_cells].T
    step = max(1, AT_ONCE // len(root) ** 2)
    for start in range(0, n, step):
        part = slice(start, min(start + step, n))
        span = root.T @ (design.patterns.squares(part) @ root)
        adjust = _root_inverse(span, cells)
        yield part, adjust, span @ adjust


def _root_inverse(span: Floats, cells: Floats) -> Floats:
    """Return the symmetric (I - A)^(-1/2), zero along its null space, times `cells`, for every A (b, r, r)."""
    if np.sqrt((span**2).sum(axis=(1, 2)).max()) > SMALL:
        values, vectors = np.linalg.eigh(np.eye(span.shape[1]) - span)
        weights = np.where(values > ROOT_TOLERANCE, np.maximum(values, ROOT_TOLERANCE) ** -0.5, 0.0)
        return np.asarray(vectors @ (weights[:, :, None] * (vectors.transpose(0, 2, 1) @ cells)))
    term = span @ cells
    total, factor, power = cells + term / 2, 0.5, 1
    enough = PRECISE * np.abs(cells).max(initial=0.0)
    while np.abs(term).max(initial=0.0) > enough:
        power += 1
        factor *= (2 * power - 1) / (2 * power)
        term = span @ term
        total += factor * term
    return np.asarray(total)


def _of_pairs(form: Floats) -> Floats:
    """Return the quadratic forms (…, K, K) of one cell minus another, for every two."""
    own = np.diagonal(form, axis1=-2, axis2=-1)
    found = -2 * form
    found += own[..., :, None]
    found += own[..., None, :]
    return np.asarray(found)


class _Spreads:
    """ΣΣ (q_gᵀ q_h)² of pairs of cells, as the squares of Σ q_g q_gᵀ; of the first of them where they are many."""

    def __init__(self, design: Design, left: Ints, right: Ints) -> None:
        r, many = design.root.shape[1], len(design.patterns.counts) > 1
        most = max(1, SPREAD_AT_ONCE // max(1, r) ** 2) if many else 0
        self._left, self._right = left[:most], right[:most]
        self._sums = np.zeros((len(self._left), r, r))

    def add(self, counts: Floats, turned: Floats) -> None:
        """Add some scenarios' A f(A) Rᵀ (b, r, K), each counted so many times."""
        if len(self._left):
            cells = np.ascontiguousarray((np.sqrt(counts)[:, None, None] * turned).transpose(2, 0, 1))
            own = cells[self._left] - cells[self._right]
            self._sums += own.transpose(0, 2, 1) @ own

    def fill(self, spread: Floats) -> None:
        """Set the pairs' places in `spread` (K, K)."""
        spread[self._left, self._right] = spread[self._right, self._left] = (self._sums**2).sum(axis=(1, 2))
