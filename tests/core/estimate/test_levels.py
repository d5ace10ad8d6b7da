"""Levels against R, statsmodels and a second, naive implementation."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import stdtrit

from core.estimate.design import fit, make_design
from core.estimate.levels import Areas, Levels, bounded, levels

Floats = NDArray[np.float64]


class Rows(NamedTuple):
    """Scores by cell, scenario and judge."""

    cell: NDArray[np.int64]
    scenario: NDArray[np.int64]
    judge: NDArray[np.int64]
    y: Floats


def _levels(rows: Any, areas: Any = None) -> Levels:
    """Levels of `rows`, whose scenarios have scores all or have the areas `areas` by scenario, drawn and all scored."""
    design = make_design(rows.cell, rows.scenario, rows.judge)
    return levels(design, fit(design, rows.y[:, None]), None if areas is None else Areas(np.bincount(areas), areas))


def test_balanced_levels_are_the_t_intervals_of_scenario_means(rows: Callable[[str], Any], from_r: Any) -> None:
    """Complete and balanced data give t.test on scenario means."""
    found = _levels(rows("balanced"))
    for cell, expected in enumerate(from_r["balanced"]["levels"]):
        reach = stdtrit(found.df[cell, 0], 0.975) * found.se[cell, 0]
        assert found.estimate[cell, 0] == pytest.approx(expected["score"], rel=1e-10)
        assert found.estimate[cell, 0] - reach == pytest.approx(expected["low"], rel=1e-10)
        assert found.estimate[cell, 0] + reach == pytest.approx(expected["high"], rel=1e-10)


def test_balanced_errors_are_sandwichs_clustered_ones(
    rows: Callable[[str], Any], from_r: Any, from_statsmodels: Any
) -> None:
    """The error equals vcovCL HC0 with G/(G-1); statsmodels' carries (N-1)/(N-K) on top."""
    found = _levels(rows("balanced")).se[:, 0]
    assert found == pytest.approx(np.array(from_r["balanced"]["clustered_se"]), rel=1e-10)
    n, k = from_statsmodels["rows"], from_statsmodels["cells"]
    theirs = np.array(from_statsmodels["clustered_se"]) / np.sqrt((n - 1) / (n - k))
    assert found == pytest.approx(theirs, rel=1e-10)


def test_areas_take_the_variance_within(rows: Callable[[str], Any], from_r: Any) -> None:
    """With areas the variance is the stratified one, with a degree of freedom less for each area."""
    data = rows("areas")
    areas = np.array([data.area[data.scenario == scenario][0] for scenario in range(data.scenario.max() + 1)])
    found = _levels(data, areas)
    for cell, expected in enumerate(from_r["areas"]):
        assert found.estimate[cell, 0] == pytest.approx(expected["score"], rel=1e-10)
        assert found.se[cell, 0] == pytest.approx(expected["se"], rel=1e-10)
        assert found.df[cell, 0] == expected["df"]


def test_an_area_of_one_scenario_means_no_areas(rows: Callable[[str], Any]) -> None:
    """Where one area holds a single scenario the form without areas is used."""
    data = rows("areas")
    areas = np.zeros(data.scenario.max() + 1, int)
    areas[0] = 1
    assert _levels(data, areas).se == pytest.approx(_levels(data).se)


def test_incomplete_levels_equal_the_naive_formula(rows: Callable[[str], Any]) -> None:
    """Swept and patterned or dense and explicit, the marginal mean and its error are the same."""
    data = rows("incomplete")
    found = _levels(data)
    estimate, se, df = _naive(data)
    assert found.estimate[:, 0] == pytest.approx(estimate, rel=1e-9)
    assert found.se[:, 0] == pytest.approx(se, rel=1e-9)
    assert found.df[:, 0].tolist() == df


def test_unscored_drawn_scenarios_count_with_no_influence() -> None:
    """On sparse scores in four areas the error and its df equal the text's formula, padded and written out."""
    rng = np.random.default_rng(3)
    drawn = np.repeat(np.arange(4), [6, 6, 5, 5])
    for _ in range(20):
        sampled = np.sort(rng.permutation(len(drawn))[:14])
        cell, scenario, judge = (a.ravel() for a in np.meshgrid(range(3), range(14), range(2), indexing="ij"))
        rows = rng.random(len(cell)) < 0.9
        data = Rows(
            cell[rows], scenario[rows], judge[rows], rng.normal(size=rows.sum()) + drawn[sampled][scenario[rows]]
        )
        design = make_design(data.cell, data.scenario, data.judge)
        found = levels(design, fit(design, data.y[:, None]), Areas(np.bincount(drawn), drawn[sampled]))
        _, se, df = _naive(data, drawn, sampled)
        assert found.se[:, 0] == pytest.approx(se, rel=1e-9)
        assert found.df[:, 0].tolist() == df
        assert max(df) <= 14 - 4


def test_an_area_that_nobody_scored_costs_a_degree_of_freedom() -> None:
    """Areas are counted over all drawn scenarios, and with under 4 degrees of freedom left they are not used."""
    rng = np.random.default_rng(4)
    y = rng.normal(size=8)
    one = np.zeros(8, int)
    several = Areas(np.array([8, 2, 2, 2]), one)
    found = _areas_of(y, several)
    assert found.df[0, 0] == 8 - 4
    assert found.se[0, 0] == pytest.approx(y.std(ddof=1) / np.sqrt(8))
    too_many = Areas(np.array([8, 2, 2, 2, 2]), one)
    assert _areas_of(y, too_many).df[0, 0] == 8 - 1


def test_a_drawn_area_of_one_scenario_means_no_areas() -> None:
    """A single drawn scenario in some area, scored or not, leaves the areas aside."""
    y = np.random.default_rng(5).normal(size=12)
    areas = np.repeat([0, 1], 6)
    assert _areas_of(y, Areas(np.array([6, 6]), areas)).df[0, 0] == 10
    assert _areas_of(y, Areas(np.array([6, 6, 1]), areas)).df[0, 0] == 11


def test_half_of_an_area_brings_its_spread_about_zero() -> None:
    """An area with one scored scenario of two keeps what that scenario contributes."""
    y = np.random.default_rng(6).normal(size=9)
    areas = np.array([0] * 8 + [1])
    psi = (y - y.mean()) / 9
    first = 8 / 7 * ((psi[:8] - psi[:8].mean()) ** 2).sum()
    second = 2 / 1 * 2 * (psi[8] / 2) ** 2
    found = _areas_of(y, Areas(np.array([8, 2]), areas))
    assert found.se[0, 0] == pytest.approx(np.sqrt(first + second))
    assert found.df[0, 0] == 7


def _areas_of(y: Floats, areas: Areas) -> Levels:
    """One cell and one judge over len(y) scored scenarios."""
    none = np.zeros(len(y), int)
    design = make_design(none, np.arange(len(y)), none)
    return levels(design, fit(design, y[:, None]), areas)


def test_cells_that_nothing_connects_are_not_estimable() -> None:
    """Two judges on disjoint cells and scenarios leave no level."""
    cell = np.array([0, 0, 0, 1, 1, 1])
    scenario = np.array([0, 1, 2, 3, 4, 5])
    judge = np.array([0, 0, 0, 1, 1, 1])
    design = make_design(cell, scenario, judge)
    found = levels(design, fit(design, np.arange(6.0)[:, None]), None)
    assert np.isnan(found.estimate).all()
    assert np.isnan(found.se).all()


@settings(derandomize=True, max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), keep=st.floats(0.5, 1.0))
def test_order_labels_and_duplicated_judges_change_nothing(seed: int, keep: float) -> None:
    """Row order, relabelled scenarios and judges, and every judge twice leave levels and errors as they are."""
    rng = np.random.default_rng(seed)
    cell, scenario, judge = (a.ravel() for a in np.meshgrid(range(3), range(9), range(2), indexing="ij"))
    chosen = np.flatnonzero(rng.random(len(cell)) < keep)
    if len({*cell[chosen]}) < 3 or len({*judge[chosen]}) < 2 or len({*scenario[chosen]}) < 9:
        return
    cell, scenario, judge = cell[chosen], scenario[chosen], judge[chosen]
    y = rng.normal(size=len(cell))
    plain = _of(cell, scenario, judge, y)
    order, rename = rng.permutation(len(cell)), rng.permutation(9)
    shuffled = _of(cell[order], rename[scenario[order]], 1 - judge[order], y[order])
    twice = _of(np.tile(cell, 2), np.tile(scenario, 2), np.concatenate([judge, judge + 2]), np.tile(y, 2))
    for other in (shuffled, twice):
        assert other.estimate == pytest.approx(plain.estimate, abs=1e-9, nan_ok=True)
        assert other.se == pytest.approx(plain.se, abs=1e-9, nan_ok=True)


@settings(derandomize=True, max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), constant=st.floats(-3, 3))
def test_a_lenient_judge_moves_levels_by_its_share(seed: int, constant: float) -> None:
    """A constant added to one of J judges moves every level by constant/J and no error."""
    rng = np.random.default_rng(seed)
    cell, scenario, judge = (a.ravel() for a in np.meshgrid(range(3), range(8), range(3), indexing="ij"))
    y = rng.normal(size=len(cell))
    plain, moved = _of(cell, scenario, judge, y), _of(cell, scenario, judge, y + constant * (judge == 1))
    assert moved.estimate == pytest.approx(plain.estimate + constant / 3, abs=1e-9)
    assert moved.se == pytest.approx(plain.se, abs=1e-9)


def _of(cell: Any, scenario: Any, judge: Any, y: Floats) -> Levels:
    design = make_design(cell, scenario, judge)
    return levels(design, fit(design, y[:, None]), None)


def _naive(data: Any, drawn: Any = None, sampled: Any = None) -> tuple[list[float], list[float], list[float]]:
    """The formulas as they stand in docs/statistics.md, with every dummy in one dense matrix.

    `drawn` are the areas of all drawn scenarios and `sampled` the numbers of those that `data` codes.
    """
    k, g, j = data.cell.max() + 1, data.scenario.max() + 1, data.judge.max() + 1
    judges = np.vstack([np.eye(j - 1), -np.ones(j - 1)])[data.judge]
    x = np.hstack([np.eye(k)[data.cell], judges, np.eye(g)[data.scenario]])
    inverse = np.linalg.pinv(x.T @ x, rcond=1e-11)
    coefficients = inverse @ x.T @ data.y
    residual = data.y - x @ coefficients
    effects = coefficients[k + j - 1 :]
    estimates, errors, freedoms = [], [], []
    for cell in range(k):
        contrast = np.concatenate([np.eye(k)[cell], np.zeros(j - 1), np.full(g, 1 / g)])
        h = x @ inverse @ contrast
        psi = [(h * residual)[data.scenario == s].sum() + (effects[s] - effects.mean()) / g for s in range(g)]
        variance, df = float(g / (g - 1) * np.sum(np.square(psi))), len(set(data.scenario[data.cell == cell])) - 1
        if drawn is not None and df + 1 - len(set(drawn)) >= 4:
            padded = dict.fromkeys(range(len(drawn)), 0.0) | dict(zip(sampled.tolist(), psi, strict=True))
            areas = [[padded[s] for s in padded if drawn[s] == area] for area in sorted(set(drawn.tolist()))]
            variance = sum(len(area) * float(np.var(area, ddof=1)) for area in areas)
            df = df + 1 - len(areas)
        estimates.append(float(contrast @ coefficients))
        errors.append(float(np.sqrt(variance)))
        freedoms.append(float(df))
    return estimates, errors, freedoms


def _on_scale(values: Floats) -> tuple[Floats, Floats]:
    """Levels before and after, of one judge's values (cells, scenarios), nan where there is none."""
    cell, scenario = np.nonzero(~np.isnan(values))
    design = make_design(cell, scenario, np.zeros(len(cell), np.int64))
    fitted = fit(design, values[cell, scenario][:, None])
    before = levels(design, fitted, None).estimate
    return before, bounded(design, fitted, before)


def test_a_filled_in_value_stays_on_the_scale() -> None:
    """The second cell, half a scale better on the hard half, would come to 1.5 on the easy half: it counts as 1."""
    values = np.array([[0.0, 0.0, 1.0, 1.0], [0.5, 0.5, np.nan, np.nan]])
    before, after = _on_scale(values)
    assert np.ravel(before) == pytest.approx([0.5, 1.0])
    assert np.ravel(after) == pytest.approx([0.5, 0.75])


def test_what_stays_inside_keeps_its_digits() -> None:
    """Without a filled in value outside the scale, levels are what they were, to the last bit."""
    values = np.array([[0.2, 0.4, 0.6, 0.3], [0.3, np.nan, 0.5, 0.4]])
    before, after = _on_scale(values)
    assert np.array_equal(before, after)


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([0.0, 0.02, 0.5, 1.0, None]), min_size=24, max_size=24))
def test_no_level_leaves_the_scale(flat: list[float | None]) -> None:
    """Whatever is missing, every level that can be known lies from 0 to 1."""
    values = np.array([np.nan if value is None else value for value in flat]).reshape(3, 8)
    values = values[~np.isnan(values).all(axis=1)][:, ~np.isnan(values).all(axis=0)]
    if not values.size:
        return
    after = _on_scale(values)[1]
    known = after[~np.isnan(after)]
    assert ((known >= 0) & (known <= 1)).all()
