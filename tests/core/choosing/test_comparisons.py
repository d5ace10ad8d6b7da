"""Comparisons with the best: their critical values, and how often a cell that is too bad qualifies."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import skew

from core.choosing.comparisons import Comparisons, Draws, bonferroni, compare_all, leaning
from core.estimate.design import Floats, fit, make_design
from core.estimate.student import t_quantile
from core.scoring.fitted_means import FittedMeans

STATISTICS = Path(__file__).parents[2] / "golden" / "statistics"
DUNNETT_1955 = {1: 1.645, 2: 1.92, 3: 2.06, 4: 2.16, 9: 2.42}
"""One-sided 5 % points for so many treatments against a control, many degrees of freedom: Dunnett (1955), table 1a."""


def fitted(y: Floats) -> FittedMeans:
    """The model of complete data (G scenarios, K cells) by one judge."""
    g, k = y.shape
    scenario, cell = (codes.ravel() for codes in np.indices((g, k)))
    judge = np.zeros(g * k, np.int64)
    design = make_design(cell, scenario, judge)
    given = y.reshape(-1, 1)
    return FittedMeans(np.arange(k), np.arange(g), cell, scenario, judge, given, design, fit(design, given))


def drawn(seed: int, g: int, means: list[float], spread: float = 0.16) -> FittedMeans:
    """Cells with these means over scenarios that they share, on a scale from 0 to 1."""
    generator = np.random.default_rng(seed)
    easy = generator.normal(0, 0.1, (g, 1))
    return fitted(0.5 + np.array(means) + easy + generator.normal(0, spread, (g, len(means))))


@pytest.mark.parametrize(("others", "expected"), DUNNETT_1955.items())
def test_critical_values_are_those_of_dunnetts_table(others: int, expected: float) -> None:
    """For independent cells of equal spread, where a cell's differences correlate by a half."""
    draws = Draws(np.eye(others + 1), 100_000, 1)
    largest = draws.normal(0, np.arange(1, others + 1)).max(axis=0) / draws.spread(1e6)
    assert np.quantile(largest, 0.95) == pytest.approx(expected, abs=0.025)


def test_two_cells_have_the_t_of_one_side() -> None:
    """Whatever stands for it: with few scenarios Bonferroni's value, with many the drawn one, which is no larger."""
    few = compare_all(drawn(1, 12, [0.0, 0.0]), 4.0, 0.2, 1)
    assert few.times == pytest.approx([t_quantile(11, 0.95)] * 2)
    many = compare_all(drawn(1, 80, [0.0, 0.0]), 4.0, 0.2, 1)
    assert many.times == pytest.approx([t_quantile(79, 0.95)] * 2, abs=0.03)
    assert (many.times <= t_quantile(79, 0.95)).all()


def test_cells_with_equal_scores_count_as_the_same_from_five_scenarios_on() -> None:
    """A judge that tells no tip from another gives whole marks that are equal anyhow; of four they say nothing."""
    for scenarios, is_same in ((4, False), (5, True)):
        found = compare_all(fitted(np.ones((scenarios, 2))), 4.0, 0.2, 1)
        assert found.same[0, 1] == is_same


def test_limits_are_of_paired_differences_in_rubric_units() -> None:
    """The paired t test's own, farther by SciPy's skewness, and nothing is limited where a cell is its own rival."""
    got = drawn(3, 30, [0.0, 0.05, -0.1])
    y = got.y.reshape(30, 3) * 4
    found = compare_all(got, 4.0, 0.2, 1)
    own = y[:, 0] - y[:, 1]
    assert found.diff[0, 1] == pytest.approx(own.mean())
    assert found.error[0, 1] == pytest.approx(own.std(ddof=1) / 30**0.5)
    se, times = own.std(ddof=1) / 30**0.5, t_quantile(29, 0.975)
    leaning = max(-skew(own) / 30**0.5, 0.0)
    assert found.lower(0, 1) == pytest.approx(own.mean() - (times + leaning * (2 * times**2 + 1) / 6) * se)
    assert found.skew[0, 1] == pytest.approx(leaning)
    assert max(found.skew[0, 1], found.skew[1, 0]) > min(found.skew[0, 1], found.skew[1, 0]) == 0
    assert found.lower(1, 1) == 0


def test_cells_that_are_the_same_count_by_the_point() -> None:
    """Equal values in every scenario have no error, and lie within every margin."""
    y = np.random.default_rng(1).uniform(size=(20, 2))
    found = compare_all(fitted(np.column_stack([y, y[:, 0]])), 1.0, 0.2, 1)
    assert found.same[0, 2]
    assert found.lower(0, 2) == pytest.approx(0)
    assert found.within(0, 2, 0.01)


def test_the_order_of_cells_changes_nothing() -> None:
    """Limits are those of the cells, wherever they stand; draws differ by what chance they have."""
    got = drawn(5, 60, [0.0, 0.02, 0.04, -0.1])
    turned = fitted(got.y.reshape(60, 4)[:, ::-1].copy())
    one, other = compare_all(got, 4.0, 0.2, 1), compare_all(turned, 4.0, 0.2, 1)
    assert other.diff[::-1, ::-1] == pytest.approx(one.diff)
    assert other.times[::-1] == pytest.approx(one.times, abs=0.05)


def test_an_early_look_takesbonferronis_value() -> None:
    """Of an error of less than a hundredth too few draws lie beyond; of none nothing can be said."""
    got = drawn(5, 60, [0.0, 0.02])
    assert compare_all(got, 4.0, 0.2, 1, 0.999).times[0] == pytest.approx(bonferroni(59, 0.999, 1))
    assert np.isinf(compare_all(got, 4.0, 0.2, 1, 1.0).times[0])


def test_scenarios_that_are_said_to_be_needed_are_those_that_it_takes() -> None:
    """Two equal cells: with so many times as many scenarios one of them is within the margin in about 80 %."""
    found = compare_all(drawn(2, 60, [0.0, 0.0]), 4.0, 0.2, 1)
    ratio = 0.2 / found.error[0, 1]
    assert found.scaled(0) == pytest.approx(((t_quantile(59, 0.95) + 0.8416) / ratio) ** 2, rel=0.05)


def too_bad(found: Comparisons, margin: float) -> bool:
    """Whether any cell but the first, which is the best, qualifies."""
    cells = range(len(found.cells))
    return any(min(found.lower(one, other) for other in cells if other != one) >= -margin for one in cells if one)


def test_a_cell_that_is_worse_by_the_margin_seldom_qualifies() -> None:
    """Of 300 boards of five cells, four of them worse than the best by the margin: at most 5 %, and chance."""
    margin, runs = 0.2, 300
    means = [0.0, *[-margin / 4] * 4]
    wrong = sum(too_bad(compare_all(drawn(seed, 30, means), 4.0, margin, 1), margin) for seed in range(runs))
    assert wrong <= 0.05 * runs + 2 * (0.05 * 0.95 * runs) ** 0.5


def test_a_limit_against_a_cell_has_the_value_of_that_cell_as_the_best() -> None:
    """A steady cell's differences hardly correlate: its value is nearer Bonferroni's, and limits against it have it."""
    generator = np.random.default_rng(3)
    found = compare_all(fitted(0.5 + generator.normal(0, [0.01, *[0.16] * 5], (80, 6))), 4.0, 0.2, 1)
    steady, noisy = found.times[0], found.times[1:]
    assert noisy.max() < steady - 0.1 < bonferroni(79, 0.95, 5)
    se, lean = found.se[1, 0], found.skew[1, 0]
    assert found.lower(1, 0) == pytest.approx(found.diff[1, 0] - leaning(steady, lean) * se)
    assert found.lower(0, 1) > found.diff[0, 1] - leaning(steady, found.skew[0, 1]) * se


def test_critical_values_are_those_of_multcomp() -> None:
    """Of five cells with uneven spreads, two of them nearly alike, at 60 scenarios: R's multcomp on the same data."""
    scenario, cell, y = np.loadtxt(STATISTICS / "best.csv", delimiter=",", skiprows=1, unpack=True)
    values = np.empty((60, 5))
    values[scenario.astype(int) - 1, cell.astype(int) - 1] = y
    expected = json.loads((STATISTICS / "multcomp.json").read_text("utf-8"))["best"]
    assert compare_all(fitted((values - 1) / 4), 4.0, 0.2, 1).times == pytest.approx(expected, abs=0.02)
