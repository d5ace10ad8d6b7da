"""The order of the cells by their points, where no interval is asked for."""

import numpy as np

from core.estimate.levels import bounded, points
from core.scoring.fitted_means import fit_means
from core.scoring.leaderboard import RankingQuery, order_key
from core.scoring.tally import Tally


def scores_in_order(query: RankingQuery, tally: Tally) -> dict[int, float]:
    """Return the score of every cell that has one, in rubric units and in the order of `leaderboard`: best first.

    Ties keep the order of the cells.
    """
    got = fit_means(tally, query.rubric, query.policy, composite_only=True)
    if got is None:
        return {}
    levels = bounded(got.design, got.fit, points(got.design, got.fit))[:, 0]
    levels[tally.texts[got.cells].sum(axis=1) == 0] = 0.0  # a cell without any text has the scale's low
    low, span = query.rubric.scale.low, query.rubric.scale.high - query.rubric.scale.low
    scores = {int(cell): float(low + span * level) for cell, level in zip(got.cells, levels, strict=True)}
    known = [cell for cell, score in scores.items() if not np.isnan(score)]
    return {cell: scores[cell] for cell in sorted(known, key=lambda cell: order_key(scores[cell]), reverse=True)}
