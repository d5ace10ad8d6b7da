"""Differences against R's clubSandwich and paired t tests."""

from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from scipy.special import stdtr

from core.estimate.design import fit, make_design
from core.estimate.differences import Differences, differences


def _differences(rows: Any, pairs: list[tuple[int, int]]) -> Differences:
    design = make_design(rows.cell, rows.scenario, rows.judge)
    return differences(design, fit(design, rows.y[:, None]), pairs)


def test_balanced_differences_are_paired_t_tests(rows: Callable[[str], Any], from_r: Any) -> None:
    """Complete data give R's paired t.test on scenario means: point, df and p."""
    found = _differences(rows("balanced"), [(1, 0), (2, 0), (3, 0)])
    for number, expected in enumerate(from_r["balanced"]["paired"]):
        assert found.estimate[number] == pytest.approx(expected["diff"], rel=1e-10)
        assert found.df[number] == pytest.approx(expected["df"], rel=1e-9)
        p = 2 * stdtr(found.df[number], -abs(found.estimate[number]) / found.se[number])
        assert p == pytest.approx(expected["p"], rel=1e-9)


def test_incomplete_differences_are_clubsandwichs(rows: Callable[[str], Any], from_r: Any) -> None:
    """Points, CR2 errors and Satterthwaite df equal coef_test's."""
    found = _differences(rows("incomplete"), [(cell, 0) for cell in range(1, 5)])
    expected = from_r["incomplete"]["first"]
    assert found.estimate == pytest.approx(np.array(expected["diff"]), rel=1e-9)
    assert found.se == pytest.approx(np.array(expected["se"]), rel=1e-9)
    assert found.df == pytest.approx(np.array(expected["df"]), rel=1e-8)


def test_every_pair_has_a_df_of_its_own(rows: Callable[[str], Any], from_r: Any) -> None:
    """Contrasts of two cells, neither the first, equal linear_contrast's."""
    expected = from_r["incomplete"]["pairs"]
    pairs = [(right, left) for left, right in combinations(range(1, 5), 2)]
    found = _differences(rows("incomplete"), pairs)
    assert len(expected["name"]) == len(pairs)
    assert np.sort(found.se) == pytest.approx(np.sort(expected["se"]), rel=1e-9)
    assert np.sort(found.df) == pytest.approx(np.sort(expected["df"]), rel=1e-8)
    assert len({round(df, 6) for df in found.df}) == len(pairs)


def test_a_constant_difference_has_no_error() -> None:
    """A cell that is always one better differs by one, with an error of 0."""
    cell, scenario = (a.ravel() for a in np.meshgrid(range(2), range(6), indexing="ij"))
    design = make_design(cell, scenario, np.zeros(12, int))
    y = np.random.default_rng(1).normal(size=6)[scenario] + cell
    found = differences(design, fit(design, y[:, None]), [(1, 0)])
    assert found.estimate[0] == pytest.approx(1)
    assert found.se[0] == pytest.approx(0, abs=1e-12)


def test_cells_without_a_common_scenario_still_compare_through_others() -> None:
    """A third cell that shares scenarios with both makes their difference estimable; without it, it is not."""
    cell = np.array([0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 2, 2])
    scenario = np.array([0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5])
    y = np.random.default_rng(2).normal(size=12)[:, None]
    joined = make_design(cell, scenario, np.zeros(12, int))
    assert np.isfinite(differences(joined, fit(joined, y), [(0, 1)]).estimate[0])
    unlinked = make_design(cell[:6], scenario[:6], np.zeros(6, int))
    assert np.isnan(differences(unlinked, fit(unlinked, y[:6]), [(0, 1)]).estimate[0])


def test_another_response_is_tested_as_if_alone(rows: Callable[[str], Any]) -> None:
    """Differences in the second response are those of a fit of it alone."""
    data = rows("incomplete")
    design = make_design(data.cell, data.scenario, data.judge)
    other = np.sin(7 * data.y)
    both = differences(design, fit(design, np.column_stack([data.y, other])), [(1, 0), (2, 3)], 1)
    alone = differences(design, fit(design, other[:, None]), [(1, 0), (2, 3)])
    for name in ("estimate", "se", "df", "influence"):
        assert getattr(both, name) == pytest.approx(getattr(alone, name))
