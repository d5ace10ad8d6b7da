"""Tries to tell the cell of an item from what surrounds its text, and says how likely chance does as well."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

FOLDS = 5
ROUNDS = 499
RIDGE = 30.0
Features = NDArray[np.float64]


def p_of_guessing(features: Features, cells: Sequence[str], groups: Sequence[str], seed: int) -> float:
    """The share of permutations, the true order with them, in which cells are guessed at least as well as in truth.

    Cells change places within their group, a scenario, in which each cell stands once: what tells scenarios from each
    other tells no cell. Guessed is by a ridge regression on the features and by the nearest neighbour, each from four
    fifths of the items on the rest, and by the one feature that differs most between cells; the smallest of the three
    shares counts, times three.
    """
    random = np.random.default_rng(seed)
    names, numbers = np.unique(np.asarray(cells), return_inverse=True)
    known = np.unique(np.asarray(groups), return_inverse=True)[1]
    scaled = (features - features.mean(axis=0)) / np.maximum(features.std(axis=0), 1e-9)
    folds = random.permutation(np.arange(len(numbers)) % FOLDS)
    plan = [_fold(scaled, folds == fold) for fold in range(FOLDS)]
    hits = [_hits(scaled, plan, numbers, len(names))]
    for _ in range(ROUNDS):
        shuffled = numbers.copy()
        for group in np.unique(known):
            own = np.flatnonzero(known == group)
            shuffled[own] = numbers[random.permutation(own)]
        hits.append(_hits(scaled, plan, shuffled, len(names)))
    shares = np.mean(np.asarray(hits) >= np.asarray(hits[0]), axis=0)
    return float(min(1.0, 3 * shares.min()))


_Fold = tuple[NDArray[np.bool_], Features, NDArray[np.intp]]
"""Which items are guessed, the matrix that guesses them from the others' cells, and their nearest others."""


def _fold(features: Features, held: NDArray[np.bool_]) -> _Fold:
    learnt, guessed = features[~held], features[held]
    with_one = np.column_stack([learnt, np.ones(len(learnt))])
    solved = np.linalg.solve(with_one.T @ with_one + RIDGE * np.eye(with_one.shape[1]), with_one.T)
    distances = ((guessed[:, None, :] - learnt[None, :, :]) ** 2).sum(axis=2)
    nearest = np.flatnonzero(~held)[distances.argmin(axis=1)]
    return held, np.column_stack([guessed, np.ones(len(guessed))]) @ solved, nearest


def _hits(features: Features, plan: Sequence[_Fold], numbers: NDArray[np.intp], count: int) -> tuple[float, int, float]:
    """How surely the regression names the true cells, how many the nearest neighbour names, and the largest difference.

    That is the share of a feature's variance that lies between cells, of the feature with most of it.
    """
    by_line, by_neighbour = 0.0, 0
    cells = np.eye(count)[numbers]
    for held, matrix, nearest in plan:
        by_line += float((matrix @ cells[~held])[np.arange(held.sum()), numbers[held]].sum())
        by_neighbour += int((numbers[nearest] == numbers[held]).sum())
    means = cells.T @ features / cells.sum(axis=0)[:, None]
    between = (cells.sum(axis=0)[:, None] * means**2).sum(axis=0)
    return by_line, by_neighbour, float(between.max())
