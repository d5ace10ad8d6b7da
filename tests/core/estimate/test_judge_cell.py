"""Judge × cell effects: what unevenly crossed judges add to the error of a level."""

import numpy as np
import pytest

from core.estimate.design import Design, Fit, Floats, Ints, fit, make_design
from core.estimate.judge_cell import judge_cell
from core.estimate.levels import levels


def _fitted(seen: Floats, y: Floats) -> tuple[Design, Fit]:
    """The model of the scores (cells, scenarios, judges) that were `seen`."""
    cell, scenario, judge = np.nonzero(seen)
    design = make_design(cell, scenario, judge)
    return design, fit(design, y[cell, scenario, judge][:, None])


def _uneven(rng: np.random.Generator, cells: int, scenarios: int, judges: int) -> Floats:
    """Judges who saw 90, 60 or 30 % of a cell, each another cell most."""
    shares = np.array([0.9, 0.6, 0.3])[np.add.outer(np.arange(cells), np.arange(judges)) % 3]
    return np.asarray(rng.random((cells, scenarios, judges)) < shares[:, None, :], np.float64)


def test_levels_weigh_a_judges_effect_on_a_cell_as_the_weights_say() -> None:
    """An effect added to the scores of one judge in one cell moves each level by its weight, and 1/J on its own."""
    rng = np.random.default_rng(1)
    seen, y = _uneven(rng, 4, 15, 3), rng.normal(size=(4, 15, 3))
    effects = rng.normal(size=(4, 3))
    design, plain = _fitted(seen, y)
    moved = _fitted(seen, y + effects[:, None, :])[1]
    found = judge_cell(design, plain)
    difference = levels(design, moved, None).estimate - levels(design, plain, None).estimate
    assert difference[:, 0] == pytest.approx(effects.mean(axis=1) + effects.ravel() @ found.weights)


@pytest.mark.parametrize("judges", [1, 3])
def test_evenly_crossed_judges_add_nothing(judges: int) -> None:
    """Where every judge scored all of every cell, or there is one only, errors and df stay as they are to the bit."""
    y = np.random.default_rng(2).normal(size=(3, 10, judges))
    design, fitted = _fitted(np.ones_like(y), y)
    level = levels(design, fitted, None)
    se, df = judge_cell(design, fitted).added(level)
    assert np.array_equal(se, level.se)
    assert np.array_equal(df[:, 0], level.df)


def test_two_judges_are_weighed_and_their_effects_not_estimated() -> None:
    """The weights say how uneven they are; the variance is 0 without df."""
    rng = np.random.default_rng(3)
    seen = _uneven(rng, 4, 20, 2)
    found = judge_cell(*_fitted(seen, rng.normal(size=seen.shape)))
    assert found.unevenness.min() > 0
    assert (found.variance.tolist(), found.df) == ([0.0], np.inf)


@pytest.mark.parametrize("sd", [0.0, 0.25, 0.5])
def test_the_variance_of_the_effects_is_found(sd: float) -> None:
    """Over 60 experiments the mean of the estimates is the variance that was drawn, within four of its errors."""
    rng = np.random.default_rng(4)
    found = []
    for _ in range(60):
        seen = _uneven(rng, 5, 40, 3)
        own = rng.normal(0, 0.3, (5, 40, 1)) + rng.normal(0, 0.3, (1, 40, 1))
        y = own + rng.normal(0, sd, (5, 1, 3)) + rng.normal(0, 0.35, seen.shape)
        found.append(judge_cell(*_fitted(seen, y)).variance[0])
    assert np.mean(found) == pytest.approx(sd**2, abs=4 * np.std(found) / np.sqrt(60) + 0.002)


def test_the_error_grows_and_its_df_fall() -> None:
    """By Satterthwaite's formula, written out for one cell."""
    rng = np.random.default_rng(5)
    seen = _uneven(rng, 5, 40, 3)
    design, fitted = _fitted(seen, rng.normal(0, 1, (5, 1, 3)) + rng.normal(0, 0.3, seen.shape))
    level, found = levels(design, fitted, None), judge_cell(design, fitted)
    se, df = found.added(level)
    own, more = level.se[0, 0] ** 2, found.unevenness[0] * found.variance[0]
    assert found.df == 4 * 2
    assert se[0, 0] ** 2 == pytest.approx(own + more)
    assert df[0, 0] == pytest.approx((own + more) ** 2 / (own**2 / level.df[0] + more**2 / 8))


def test_the_order_of_judges_changes_nothing() -> None:
    """Judges under other numbers give the same variance and the same unevenness."""
    rng = np.random.default_rng(6)
    seen, y = _uneven(rng, 4, 20, 3), rng.normal(size=(4, 20, 3))
    codes: Ints = np.array([2, 0, 1])
    plain, renamed = judge_cell(*_fitted(seen, y)), judge_cell(*_fitted(seen[:, :, codes], y[:, :, codes]))
    assert renamed.variance == pytest.approx(plain.variance)
    assert renamed.unevenness == pytest.approx(plain.unevenness)
