"""Picks the tips that a report shows: the best and the worst, and two for the same scenario that differ most."""

from dataclasses import dataclass

import numpy as np

from core.estimate.design import Ints
from resources.report.data import ScoredTips, TipScore

SHOWN = 6


@dataclass(frozen=True)
class Contrast:
    """The best and the worst tip for one scenario, by different cells."""

    scenario: int
    best: TipScore
    worst: TipScore


def contrasts(tips: ScoredTips, shown: int = SHOWN) -> list[Contrast]:
    """Return the scenarios with the widest gap between two cells' tips, widest first, ties by scenario.

    At most `shown`. The best tip of a scenario is compared with the worst of other cells.
    """
    best = _first_of_scenarios(tips, _best_first(tips))
    best_of = np.full(len(best) and int(tips.scenario.max()) + 1, -1)
    best_of[tips.scenario[best]] = best
    worst_first = _worst_first(tips)
    other = tips.cell[worst_first] != tips.cell[best_of[tips.scenario[worst_first]]]
    worst = _first_of_scenarios(tips, worst_first[other])
    pairs = np.stack([best_of[tips.scenario[worst]], worst], axis=1)
    gaps = tips.score[pairs[:, 0]] - tips.score[pairs[:, 1]]
    widest = np.lexsort((tips.scenario[worst], -gaps))
    widest = widest[gaps[widest] > 0][:shown]
    return [
        Contrast(int(tips.scenario[best]), tips.one(best), tips.one(worst)) for best, worst in pairs[widest].tolist()
    ]


def best_and_worst(tips: ScoredTips, shown: int = SHOWN) -> tuple[list[TipScore], list[TipScore]]:
    """Return the best and the worst tips, at most `shown` of each and none in both.

    Ties by cell, scenario and index.
    """
    half = min(shown, len(tips) // 2)
    first, last = _best_first(tips)[:half], _worst_first(tips)[:half]
    return [tips.one(number) for number in first], [tips.one(number) for number in last]


def _best_first(tips: ScoredTips) -> Ints:
    return np.lexsort((tips.tip_index, tips.scenario, tips.cell, -tips.score))


def _worst_first(tips: ScoredTips) -> Ints:
    return np.lexsort((-tips.tip_index, -tips.scenario, -tips.cell, tips.score))


def _first_of_scenarios(tips: ScoredTips, order: Ints) -> Ints:
    """Return the tip of every scenario that comes first in `order`."""
    _, first = np.unique(tips.scenario[order], return_index=True)
    return order[first]
