"""Simultaneous critical values."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from scipy.special import stdtrit

from core.estimate.bands import critical_values, in_family, separated
from core.estimate.design import Design, Fit, fit, make_design
from core.estimate.differences import Differences, Mask, differences
from core.estimate.resampling import resampled
from tests.core.crowded_scores import crowded


def _data(scenarios: int, cells: int = 6, seed: int = 3) -> tuple[Design, Fit]:
    rng = np.random.default_rng(seed)
    cell, scenario = (a.ravel() for a in np.meshgrid(range(cells), range(scenarios), indexing="ij"))
    y = rng.normal(size=scenarios)[scenario] + rng.normal(size=len(cell))
    design = make_design(cell, scenario, np.zeros(len(cell), int))
    return design, fit(design, y[:, None])


def test_few_scenarios_mean_bonferroni() -> None:
    """Under 30 shared scenarios the value is Bonferroni's t with each contrast's df."""
    design, fitted = _data(12)
    found = differences(design, fitted, [(cell, 0) for cell in range(1, 6)])
    assert critical_values(design, found, seed=0) == pytest.approx(stdtrit(found.df, 1 - 0.05 / 10))


def test_the_bootstrap_is_seeded_between_one_t_and_bonferroni() -> None:
    """With 60 scenarios one value serves all: above a single t, below Bonferroni, the same again."""
    design, fitted = _data(60)
    found = differences(design, fitted, list(combinations(range(6), 2)))
    value = critical_values(design, found, seed=0)
    assert len(set(value)) == 1
    assert stdtrit(59, 0.975) < value[0] < stdtrit(59, 1 - 0.05 / 30)
    assert critical_values(design, found, seed=0).tolist() == value.tolist()


def test_renamed_scenarios_and_swapped_signs_change_nothing() -> None:
    """The value follows from what scenarios contribute, not from their order or a contrast's direction."""
    rng = np.random.default_rng(5)
    cell, scenario = (a.ravel() for a in np.meshgrid(range(4), range(40), indexing="ij"))
    y = rng.normal(size=160)[:, None]
    rename = rng.permutation(40)
    plain = make_design(cell, scenario, np.zeros(160, int))
    renamed = make_design(cell, rename[scenario], np.zeros(160, int))
    one = differences(plain, fit(plain, y), [(1, 0), (2, 0), (3, 0)])
    other = differences(renamed, fit(renamed, y), [(0, 1), (0, 2), (0, 3)])
    assert critical_values(renamed, other, seed=1) == pytest.approx(critical_values(plain, one, seed=1))


def test_a_contrast_without_spread_leaves_the_family() -> None:
    """A constant difference has no value, and the others are judged as if it were not there."""
    cell, scenario = (a.ravel() for a in np.meshgrid(range(3), range(12), indexing="ij"))
    rng = np.random.default_rng(7)
    base, other = rng.normal(size=12), rng.normal(size=12)
    y = np.stack([base, base + 1, other])[cell, scenario][:, None]
    design = make_design(cell, scenario, np.zeros(36, int))
    value = critical_values(design, differences(design, fit(design, y), [(1, 0), (2, 0)]), seed=0)
    assert np.isnan(value[0])
    assert value[1] == pytest.approx(stdtrit(11, 0.975))


def test_no_value_is_above_bonferronis_where_scores_crowd_at_an_end() -> None:
    """Pairs at the floor that rest on one or two scenarios carry nothing over to the other pairs."""
    for seed in (1, 2, 3):
        cell, scenario, y = crowded(40, seed)
        design = make_design(cell, scenario, np.zeros(len(cell), int))
        found = differences(design, fit(design, y[:, None]), list(combinations(range(8), 2)))
        family = in_family(found)
        bonferroni = stdtrit(found.df[family], 1 - 0.05 / (2 * family.sum()))
        assert (critical_values(design, found, seed=0)[family] <= bonferroni).all()


def test_stepping_down_separates_what_one_step_does_and_more() -> None:
    """A pair that is not separated among all is judged again among those that are left."""
    design, fitted = _data(12, cells=3, seed=11)
    found = differences(design, fitted, [(1, 0), (2, 0)])
    gaps = stdtrit(found.df, 1 - 0.05 / 4) * found.se * [1.5, 0.95]  # the second lies between Bonferroni and a single t
    shifted = replace(found, estimate=gaps)
    assert (np.abs(gaps) > critical_values(design, shifted, seed=0) * found.se).tolist() == [True, False]
    assert separated(design, shifted, seed=0)[0].tolist() == [True, True]
    alone = replace(found, estimate=gaps * [0.5, 1])
    assert separated(design, alone, seed=0)[0].tolist() == [False, False]


def test_stepping_down_is_judging_each_smaller_family_in_the_same_resamples() -> None:
    """As a loop does that takes the resamples' largest statistic among those that are left."""
    design, fitted = _data(60, cells=6, seed=12)
    found = differences(design, fitted, list(combinations(range(6), 2)))
    shifted = replace(found, estimate=found.estimate + np.linspace(0, 4, 15) * found.se)
    expected = _one_after_the_other(shifted)
    assert 1 < expected.sum() < 15
    assert separated(design, shifted, seed=2)[0].tolist() == expected.tolist()


@pytest.mark.parametrize("gap", [0.0, 1.5, 4.0])
def test_large_families_are_separated_as_if_all_were_drawn_at_once(gap: float) -> None:
    """Where an eighth of 1,035 pairs decides that none is separated, and where it does not."""
    design, fitted = _data(100, cells=46, seed=13)
    found = differences(design, fitted, list(combinations(range(46), 2)))
    shifted = replace(found, estimate=found.estimate + np.linspace(0, gap, 1_035) * found.se)
    expected = _one_after_the_other(shifted)
    assert expected.any() == (gap > 0)
    assert separated(design, shifted, seed=2)[0].tolist() == expected.tolist()


def _one_after_the_other(found: Differences) -> Mask:
    """Return which contrasts are separated by Bonferroni, then by resamples of all that it leaves."""
    surely = np.zeros(len(found.pairs), bool)
    for drawn in (False, True):
        family = ~surely
        pairs = [pair for pair, inside in zip(found.pairs, family, strict=True) if inside]
        statistics = resampled(found.by_cell, pairs, seed=2) if drawn else np.full((2_000, len(pairs)), 1e9)
        while True:
            value = stdtrit(found.df, 1 - 0.05 / (2 * (~surely).sum()))
            value = np.minimum(value, np.quantile(statistics[:, ~surely[family]].max(axis=1), 0.95))
            more = ~surely & (np.abs(found.estimate) > value * found.se)
            if not more.any():
                break
            surely |= more
    return surely
