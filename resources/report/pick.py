"""Picks the tips that a report shows: the best and the worst, and two for the same scenario that differ most."""

from collections.abc import Sequence
from dataclasses import dataclass

from resources.report.data import TipScore

SHOWN = 6


@dataclass(frozen=True)
class Contrast:
    """The best and the worst tip for one scenario, by different cells."""

    scenario: int
    best: TipScore
    worst: TipScore


def contrasts(tips: Sequence[TipScore], shown: int = SHOWN) -> list[Contrast]:
    """Return the scenarios with the widest gap between two cells' tips, widest first, ties by scenario.

    At most `shown`.
    """
    by_scenario: dict[int, list[TipScore]] = {}
    for tip in tips:
        by_scenario.setdefault(tip.scenario, []).append(tip)
    found = []
    for scenario, own in sorted(by_scenario.items()):
        best = min(own, key=_best_first)
        others = [tip for tip in own if tip.cell != best.cell]
        if others:
            worst = min(others, key=_worst_first)
            if best.score > worst.score:
                found.append(Contrast(scenario, best, worst))
    return sorted(found, key=lambda pair: (pair.worst.score - pair.best.score, pair.scenario))[:shown]


def best_and_worst(tips: Sequence[TipScore], shown: int = SHOWN) -> tuple[list[TipScore], list[TipScore]]:
    """Return the best and the worst tips, at most `shown` of each and none in both.

    Ties by cell, scenario and index.
    """
    half = min(shown, len(tips) // 2)
    return sorted(tips, key=_best_first)[:half], sorted(tips, key=_worst_first)[:half]


def _best_first(tip: TipScore) -> tuple[float, int, int, int]:
    return -tip.score, tip.cell, tip.scenario, tip.tip_index


def _worst_first(tip: TipScore) -> tuple[float, int, int, int]:
    return tip.score, -tip.cell, -tip.scenario, -tip.tip_index
