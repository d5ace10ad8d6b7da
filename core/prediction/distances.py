"""The error of a score's distance from the mean of the cells, of which what all cells share is no part."""

import numpy as np

from core.estimate.design import Floats, Ints

FEWEST = 2
"""Scenarios without which an error is not known."""


def distance_errors(cell: Ints, scenario: Ints, score: Floats, chosen: Ints) -> Floats | None:
    """Return the standard error (n) of the distance of each `chosen` cell (n) from the mean of these.

    `cell`, `scenario` (N) are codes of each `score` (N), several of which may be of one cell and scenario, one a judge.
    Per scenario, a cell's mean score less the mean of the chosen cells is its distance, and the error is the standard
    deviation of distances over the root of their number: scenarios are independent of each other. Those count that all
    chosen cells have scores of; None of fewer than two.
    """
    width = int(scenario.max(initial=-1)) + 1
    places = np.full(int(max(cell.max(initial=-1), chosen.max(initial=-1))) + 1, -1)
    places[chosen] = np.arange(len(chosen))
    row = places[cell]
    flat = row[row >= 0] * width + scenario[row >= 0]
    counts = np.bincount(flat, minlength=len(chosen) * width).reshape(len(chosen), width)
    sums = np.bincount(flat, score[row >= 0], len(chosen) * width).reshape(len(chosen), width)
    shared = (counts > 0).all(axis=0)
    if shared.sum() < FEWEST:
        return None
    means = sums[:, shared] / counts[:, shared]
    distances = means - means.mean(axis=0)
    return np.asarray(distances.std(axis=1, ddof=1) / np.sqrt(shared.sum()))
