"""Differences against R's clubSandwich and paired t tests."""

from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from scipy.special import stdtr

from core.estimate.design import Design, Fit, fit, make_design, model_rows
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


def _one_by_one(design: Design, fitted: Fit, pairs: list[tuple[int, int]], response: int) -> list[tuple[float, float]]:
    """Errors and df of contrasts one at a time, from matrices as large as a scenario has rows."""
    found = []
    for left, right in pairs:
        contrast = np.eye(len(design.inverse))[left] - np.eye(len(design.inverse))[right]
        variance, shares, moved = 0.0, [], []
        for scenario in range(design.n_scenarios):
            inside = design.rows.scenario == scenario
            z = model_rows(design.rows.cell[inside], design.rows.judge[inside], design.n_cells, design.n_judges)
            centred = z - z.mean(axis=0)
            values, vectors = np.linalg.eigh(np.eye(len(z)) - centred @ design.inverse @ centred.T)
            positive = values > 1e-12
            root = (vectors[:, positive] / np.sqrt(values[positive])) @ vectors[:, positive].T
            adjusted = root @ centred @ design.inverse @ contrast
            variance += (fitted.residuals[response, inside] @ adjusted) ** 2
            shares.append(adjusted @ adjusted)
            moved.append(centred.T @ adjusted)
        whole = np.diag(shares) - np.array(moved) @ design.inverse @ np.array(moved).T
        found.append((np.sqrt(variance), np.trace(whole) ** 2 / (whole**2).sum()))
    return found


@pytest.mark.parametrize(("judges", "missing"), [(1, 0.0), (2, 0.3), (3, 0.6)])
def test_all_pairs_at_once_are_contrasts_one_at_a_time(judges: int, missing: float) -> None:
    """Errors and df of every pair, in each response, with complete and uneven data; more pairs than one block holds."""
    rng = np.random.default_rng(judges)
    rows = np.array(np.meshgrid(range(24), range(12), range(judges), indexing="ij")).reshape(3, -1)
    cell, scenario, judge = rows[:, rng.random(rows.shape[1]) >= missing]
    design = make_design(cell, scenario, judge)
    fitted = fit(design, rng.normal(size=(len(cell), 2)))
    pairs = list(combinations(range(24), 2))
    for response in range(2):
        found = differences(design, fitted, pairs, response)
        for number in (0, 1, 99, 255, 256, 275):
            ((se, df),) = _one_by_one(design, fitted, [pairs[number]], response)
            assert found.se[number] == pytest.approx(se, rel=1e-10)
            assert found.df[number] == pytest.approx(df, rel=1e-10)


def test_whole_degrees_of_freedom_are_whole() -> None:
    """Five scenarios leave 4, the fewest that an interval needs, and rounding does not decide whether there is one."""
    for cells in range(2, 8):
        cell, scenario = (a.ravel() for a in np.meshgrid(range(cells), range(5), indexing="ij"))
        design = make_design(cell, scenario, np.zeros(len(cell), int))
        y = np.random.default_rng(cells).normal(size=(len(cell), 1))
        assert differences(design, fit(design, y), [(own, 0) for own in range(1, cells)]).df.tolist() == [4] * (
            cells - 1
        )
