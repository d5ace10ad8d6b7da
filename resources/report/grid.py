"""The scenario × cell matrix of the report: the mean score of every scenario in every cell, bounded for a page."""

from typing import NamedTuple

import numpy as np

from core.benchmark.render import situation
from core.estimate.design import Floats
from resources.report.data import ReportInput, excerpt

MOST_SCENARIOS, MOST_CELLS = 200, 30
LONGEST = 90
STEPS = 5
"""Shades from the scale's low end, 0, to its high end, 4."""


class GridRow(NamedTuple):
    """One scenario: its id, the start of its text, and (score, shade) by cell in the columns' order, None unscored."""

    scenario: str
    text: str
    scores: list[tuple[float, int] | None]


class ScoreGrid(NamedTuple):
    """The matrix: `cells` are (model, prompt), best first; `left_out` counts scenarios and cells that are not shown.

    Scenarios stand in the order of how far their cells are apart, the widest first.
    """

    cells: list[tuple[str, str]]
    rows: list[GridRow]
    left_out: tuple[int, int]


def score_grid(given: ReportInput) -> ScoreGrid:
    """Return the matrix of means over tips and judges, of at most 200 scenarios and 30 cells, for scored ones alone."""
    spec, scale = given.spec, given.spec.rubric.scale
    number = {name: place for place, name in enumerate(spec.cell_names())}
    ranked = [(row.model, row.prompt) for row in given.rows if row.score is not None]
    columns = [number[name] for name in ranked if name in number]
    means = _means(given)
    compared = means[:, columns]
    scored = np.flatnonzero(~np.isnan(compared).all(axis=1))
    highest = np.fmax.reduce(compared[scored], axis=1, initial=-np.inf)
    spread = highest - np.fmin.reduce(compared[scored], axis=1, initial=np.inf)
    order = scored[np.argsort(-spread, kind="stable")].tolist()
    shown = columns[:MOST_CELLS]
    span = scale.high - scale.low

    def at(scenario: int, cell: int) -> tuple[float, int] | None:
        mean = float(means[scenario, cell])
        return None if np.isnan(mean) else (mean, min(STEPS - 1, max(0, int((mean - scale.low) / span * STEPS))))

    rows = [
        GridRow(
            spec.scenarios[scenario].id,
            excerpt(situation(spec.scenarios[scenario]), LONGEST),
            [at(scenario, cell) for cell in shown],
        )
        for scenario in order[:MOST_SCENARIOS]
    ]
    left_out = max(0, len(order) - MOST_SCENARIOS), len(columns) - len(shown)
    return ScoreGrid([spec.cell_names()[cell] for cell in shown], rows, left_out)


def _means(given: ReportInput) -> Floats:
    """Return the mean score of every scenario in every cell (G, K), nan without one."""
    tips, shape = given.tips, (len(given.spec.scenarios), len(given.spec.cells))
    place = tips.scenario * shape[1] + tips.cell
    sums, counts = (np.bincount(place, weights, shape[0] * shape[1]) for weights in (tips.score, None))
    means = np.divide(sums, counts, out=np.full(len(sums), np.nan), where=counts > 0)
    return np.asarray(means.reshape(shape))
