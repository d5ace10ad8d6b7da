"""The exploratory tables: cells within slices and differences by criterion, each with p adjusted within its table."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from core.estimate.judge_cells import compared
from core.estimate.multiple import benjamini_hochberg, p_values
from core.scoring.cell_differences import known
from core.scoring.fitted_means import fit_means
from core.scoring.leaderboard import RankingQuery
from core.scoring.leaderboard_row import LeaderboardRow, SliceRow
from core.scoring.tally import Tally


@dataclass(frozen=True)
class CriterionDifference:
    """One cell minus the baseline in one criterion, in rubric units; None where it is not known.

    `p_bh` is adjusted by Benjamini and Hochberg over all cells and criteria.
    """

    model: str
    prompt: str
    criterion: str
    diff: float | None
    p_bh: float | None


def slice_rows(
    slice_: str, parts: Sequence[tuple[str | None, Sequence[tuple[LeaderboardRow, float | None]]]]
) -> list[SliceRow]:
    """Return one slice's table from (value, rows with the p of their differences), p adjusted over all of its rows."""
    rows = [(value, row, p) for value, own in parts for row, p in own]
    adjusted = benjamini_hochberg(np.array([np.nan if p is None else p for _, _, p in rows], float))
    return [
        SliceRow(**msgspec.structs.asdict(row), slice=slice_, slice_value=value, p_bh=known(p_bh))
        for (value, row, _), p_bh in zip(rows, adjusted, strict=True)
    ]


def criterion_differences(query: RankingQuery, tally: Tally) -> list[CriterionDifference]:
    """Return every scored cell but the baseline in every criterion but gates, by criterion.

    None if the baseline has no score.
    """
    got = fit_means(tally, query.rubric, query.policy)
    pairs = got.to_baseline(query.baseline) if got else []
    if got is None or not pairs:
        return []
    names, span = query.rubric.averaged_names, query.rubric.scale.high - query.rubric.scale.low
    found = [compared(got.design, got.fit, pairs, 1 + number) for number in range(len(names))]
    adjusted = benjamini_hochberg(np.concatenate([p_values(own) for own in found])).reshape(len(names), -1)
    cells = [query.cells[got.cells[place]] for place, _ in pairs]
    return [
        CriterionDifference(model, prompt, name, known(own.estimate[place] * span), known(p[place]))
        for name, own, p in zip(names, found, adjusted, strict=True)
        for place, (model, prompt) in enumerate(cells)
    ]
