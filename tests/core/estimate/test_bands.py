"""Simultaneous critical values."""

from itertools import combinations

import numpy as np
import pytest
from scipy.special import stdtrit

from core.estimate.bands import critical_values
from core.estimate.design import Design, Fit, fit, make_design
from core.estimate.differences import differences


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
