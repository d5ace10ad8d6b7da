"""Rank intervals."""

from itertools import combinations

import numpy as np
import pytest

from core.estimate import bands
from core.estimate.bands import separated
from core.estimate.design import fit, make_design
from core.estimate.judge_cells import compared
from core.estimate.ranks import rank_intervals
from tests.core.crowded_scores import crowded


def test_cells_far_apart_have_a_rank_each_and_equal_ones_share_all() -> None:
    """Clear gaps give one rank; pure noise gives every rank to everyone."""
    rng = np.random.default_rng(0)
    cell, scenario = (a.ravel() for a in np.meshgrid(range(4), range(40), indexing="ij"))
    noise = rng.normal(size=160) * 0.1
    design = make_design(cell, scenario, np.zeros(160, int))
    clear = rank_intervals(design, fit(design, (cell + noise)[:, None]), range(4), seed=0)
    assert clear == {0: (4, 4), 1: (3, 3), 2: (2, 2), 3: (1, 1)}
    same = rank_intervals(design, fit(design, noise[:, None]), range(4), seed=0)
    assert set(same.values()) == {(1, 4)}


def test_a_pair_without_an_interval_is_not_separated() -> None:
    """Three scenarios are too few: every rank stays possible whatever the gap."""
    cell, scenario = (a.ravel() for a in np.meshgrid(range(2), range(3), indexing="ij"))
    design = make_design(cell, scenario, np.zeros(6, int))
    fitted = fit(design, (cell * 4.0 + np.array([0, 0.1, 0.3])[scenario] * cell)[:, None])
    assert rank_intervals(design, fitted, range(2), seed=0) == {0: (1, 2), 1: (1, 2)}


def test_one_cell_is_first() -> None:
    """A single cell has rank 1."""
    design = make_design(np.zeros(5, int), np.arange(5), np.zeros(5, int))
    assert rank_intervals(design, fit(design, np.arange(5.0)[:, None]), [0], seed=0) == {0: (1, 1)}


def test_more_scenarios_do_not_widen_the_ranks() -> None:
    """With scores crowded at the low end no interval grows by over a rank as data are added, and a leader leads."""
    for seed in (1, 2):
        before = None
        for scenarios in range(20, 101, 20):
            cell, scenario, y = crowded(scenarios, seed)
            design = make_design(cell, scenario, np.zeros(len(cell), int))
            ranks = rank_intervals(design, fit(design, y[:, None]), range(8), seed=1)
            widths = [high - low for low, high in ranks.values()]
            assert before is None or max(now - then for now, then in zip(widths, before, strict=True)) <= 1
            before = widths
        assert ranks[7] == (1, 1)


@pytest.mark.parametrize("margin", [0.0, 1.0])
def test_uneven_data_have_the_ranks_of_exact_degrees_of_freedom(margin: float) -> None:
    """Whether no pair or every pair that is not separated is in doubt at the bounds of its df."""
    rng = np.random.default_rng(3)
    rows = np.array(np.meshgrid(range(6), range(40), range(2), indexing="ij")).reshape(3, -1)
    cell, scenario, judge = rows[:, rng.random(rows.shape[1]) < 0.7]
    design, y = make_design(cell, scenario, judge), cell * 0.3 + rng.normal(size=len(cell))
    exact = compared(design, fit(design, y[:, None]), list(combinations(range(6), 2)))
    surely = separated(design, exact, seed=1)[0]
    better = [0] * 6
    for (left, right), difference, separate in zip(exact.pairs, exact.estimate, surely, strict=True):
        better[right if difference > 0 else left] += bool(separate)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bands, "_margin", lambda _found, family: np.full(len(family), margin))
        found = rank_intervals(design, fit(design, y[:, None]), range(6), seed=1)
    assert [found[own][0] - 1 for own in range(6)] == better
    assert 0 < surely.sum() < len(surely)
