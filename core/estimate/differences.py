"""Differences of cells: CR2 variance clustered by scenario, with Satterthwaite degrees of freedom for each contrast.

Bell and McCaffrey (2002); Pustejovsky and Tipton (2018), with an identity working model and the scenario effects
absorbed, which leaves the estimator as it is because they are nested in the clusters.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.estimate.cluster_robust import Clustered, clustered
from core.estimate.design import Design, Fit, Floats, Ints
from core.estimate.levels import MINIMUM_DF, skewness_of

WHOLE_TOLERANCE = 1e-9
TINY = 1e-24
CANCELLED = 1e-6
"""With so small a part of the cells' own squares, a pair's sums are not taken from those of its cells."""
BLOCK = 256
Pair = tuple[int, int]
Pairs = Sequence[Pair] | Ints
"""Pairs of cell codes, as they are or in the rows of an array (c, 2), whose parts are quicker to take."""
Mask = NDArray[np.bool_]


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
    degrees of freedom of its own that an interval needs. `df` may be lower bounds: `slack` (c) is the share by which
    the exact ones may be more, 0 for those that are exact. `by_judges` (c) is the share of judge × cell effects in the
    variance, None where they add nothing, and `stretch` is None where no contrast crowds.
    """

    pairs: tuple[Pair, ...]
    estimate: Floats
    se: Floats
    df: Floats
    by_cell: Floats
    fewest: Ints
    enough: Mask
    slack: Floats
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


def moments(by_cell: Floats, left: Ints, right: Ints) -> tuple[Floats, Floats, Mask]:
    """Return of estimates of left minus right cells the sum of squared influences, the skewness, and what cancelled.

    All are in the shape of `left` and `right`, by sums over the cells. Where it cancelled, so small a part of the
    cells' own squares is left that the other two are noise.
    """
    square = by_cell**2
    own, mixed, cubes = square.sum(axis=0), by_cell.T @ by_cell, (square * by_cell).sum(axis=0)
    twice = square.T @ by_cell
    squares = own[left] + own[right] - 2 * mixed[left, right]
    skewness = skewness_of(squares, cubes[left] - 3 * twice[left, right] + 3 * twice[right, left] - cubes[right])
    return squares, skewness, squares <= CANCELLED * (own[left] + own[right])


def paired(by_cell: Floats, pairs: Pairs) -> Floats:
    """Return the columns of the pairs' first cells minus those of their second."""
    left, right = sides(pairs)
    return np.asarray((by_cell.T[left] - by_cell.T[right]).T)


def sides(pairs: Pairs) -> tuple[Ints, Ints]:
    """Return the codes of the first and of the second cells."""
    both = np.asarray(pairs, np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def in_blocks(n: int) -> list[slice]:
    """Return slices of at most BLOCK of n pairs: all of 100 cells over 10,000 scenarios would fill 400 MB."""
    return [slice(start, start + BLOCK) for start in range(0, n, BLOCK)]


def differences(
    design: Design, fitted: Fit, pairs: Sequence[Pair], response: int = 0, exactly: Mask | None = None
) -> Differences:
    """Return the differences in one response for every pair; on complete data the paired t test of scenario means.

    `response` is a column of the fitted responses. The df are exact for the pairs that `exactly` (c) says, all of them
    if it is None, and for others where 4 degrees of freedom are in question; the rest have a lower bound.
    """
    both = np.column_stack(sides(pairs))
    left, right = both.T
    unit = np.eye(design.inverse.shape[0])
    contrasts = unit[:, left] - unit[:, right]
    exactly = np.ones(len(pairs), bool) if exactly is None else exactly
    found = clustered(design, fitted, left[exactly], right[exactly])
    df, slack = _degrees(found, left, right)
    doubtful = ~exactly & (df < MINIMUM_DF) & (df * (1 + slack) >= MINIMUM_DF)
    if doubtful.any():
        df, slack = _degrees(clustered(design, fitted, left[doubtful], right[doubtful]), left, right)
    blocks = in_blocks(len(pairs))
    variance = [(paired(found.scores[response], both[block]) ** 2).sum(axis=0) for block in blocks]
    known = design.estimable(contrasts)
    return Differences(
        tuple(pairs),
        np.where(known, contrasts.T @ fitted.beta[:, response], np.nan),
        np.where(known, np.sqrt(np.concatenate([np.empty(0), *variance])), np.nan),
        np.where(known, df, np.nan),
        found.influence[response],
        np.minimum(np.diag(design.shared)[left], np.diag(design.shared)[right]),
        known & (np.nan_to_num(df) >= MINIMUM_DF),
        slack,
    )


def _degrees(found: Clustered, left: Ints, right: Ints) -> tuple[Floats, Floats]:
    """Return the pairs' df, or a lower bound of it, and the share by which it may be more."""
    total, square, least, most, spread = (
        own[left, right] for own in (found.total, found.square, found.least, found.most, found.spread)
    )
    exact = ~np.isnan(spread)
    below, above = square + np.where(exact, spread, most), square + np.where(exact, spread, least)
    positive = above > TINY
    df = np.divide(total**2, below, out=np.full(len(left), np.nan), where=positive)
    slack = np.divide(below, above, out=np.ones(len(left)), where=positive) - 1
    whole = np.round(df)
    return np.where(exact & (np.abs(df - whole) < WHOLE_TOLERANCE), whole, df), slack
