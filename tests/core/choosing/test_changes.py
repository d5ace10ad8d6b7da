"""What changed of cells: each by its own interval, all of them together by Holm."""

import numpy as np
import pytest

from core.choosing.changes import cell_changes
from core.estimate.student import t_quantile
from core.judging.rubric import Criterion, Rubric, Scale
from core.scoring.tally import Tally
from tests.core.scoring.tallies import scored_tally

RUBRIC = Rubric("r", "1", Scale(1, 5), (Criterion("clear", "Is it clear?", 1.0),))
G = 40


def tally(values: np.ndarray) -> Tally:
    """One judge's scores (K, G) of all cells."""
    cell, scenario = (codes.ravel() for codes in np.indices(values.shape))
    return scored_tally(values.shape, cell, scenario, np.zeros(len(cell), int), values.reshape(-1, 1), ("luna",))


def test_only_what_is_more_than_noise_is_a_change() -> None:
    """Of three cells one lost half a point; the others' differences are noise, and each has its paired t interval."""
    generator = np.random.default_rng(4)
    there = generator.uniform(2.5, 3.5, (3, G))
    now = there + generator.normal(0, 0.5, (3, G)) + np.array([0.0, -0.6, 0.0])[:, None]
    found = cell_changes([("a", 0, 0), ("b", 1, 1), ("c", 2, 2)], tally(now), tally(there), RUBRIC, "worst")
    assert [each.changed for each in found] == [False, True, False]
    for place, each in enumerate(found):
        own = now[place] - there[place]
        reach = t_quantile(G - 1, 0.975) * own.std(ddof=1) / G**0.5
        assert (each.diff, each.low, each.high) == pytest.approx((own.mean(), own.mean() - reach, own.mean() + reach))
        assert each.n_scenarios == G
    p = sorted(each.p or 0 for each in found)
    assert min(each.p_holm or 0 for each in found) == pytest.approx(3 * p[0])


def test_cells_are_paired_by_name_and_equal_ones_have_no_interval() -> None:
    """Where a cell is the same in every scenario, as what was taken over, nothing changed."""
    there = np.random.default_rng(5).uniform(2.5, 3.5, (2, G))
    found = cell_changes([("a", 1, 0)], tally(there[::-1].copy()), tally(there), RUBRIC, "worst")
    assert (found[0].diff, found[0].low, found[0].p_holm, found[0].changed) == (0.0, None, None, False)
