"""The interval for new judges against loops over the formula and against the CR2 variance."""

import math
import statistics

import numpy as np
import pytest
from scipy.special import stdtrit

from core.estimate.design import fit, make_design
from core.estimate.differences import differences
from core.estimate.new_judges import new_judges


def test_variance_and_df_equal_the_formula_written_out() -> None:
    """V = V_s + V_j and its Satterthwaite df, by plain loops."""
    rng = np.random.default_rng(1)
    for g, j in ((5, 5), (30, 5), (12, 9)):
        paired = rng.normal(0.3, 0.4, (g, j)) + rng.normal(0, 0.3, j)
        found = new_judges(paired)
        table = paired.tolist()
        by_judge = [statistics.fmean(row[judge] for row in table) for judge in range(j)]
        by_scenario = [statistics.fmean(row) for row in table]
        v_s, v_j = statistics.variance(by_scenario) / g, statistics.variance(by_judge) / j
        assert found.estimate == pytest.approx(statistics.fmean(by_scenario))
        assert found.se == pytest.approx(math.sqrt(v_s + v_j))
        assert found.df == pytest.approx((v_s + v_j) ** 2 / (v_s**2 / (g - 1) + v_j**2 / (j - 1)))
        assert min(g, j) - 1 <= found.df <= g + j - 2


def test_the_part_between_scenarios_is_the_cr2_variance() -> None:
    """Judges who differ by a constant add nothing: the error and df are those of the difference itself."""
    rng = np.random.default_rng(2)
    cell, scenario, judge = (a.ravel() for a in np.meshgrid(range(2), range(14), range(5), indexing="ij"))
    y = rng.normal(size=(2, 14))[cell, scenario] + rng.normal(size=5)[judge]
    design = make_design(cell, scenario, judge)
    cr2 = differences(design, fit(design, y[:, None]), [(1, 0)])
    table = y.reshape(2, 14, 5)
    found = new_judges(table[1] - table[0])
    assert found.estimate == pytest.approx(cr2.estimate[0])
    assert found.se == pytest.approx(cr2.se[0])
    assert found.df == pytest.approx(cr2.df[0])


def test_without_any_spread_there_is_no_df() -> None:
    """All differences equal: the error is 0 and df is nan."""
    found = new_judges(np.full((6, 5), 0.5))
    assert (found.estimate, found.se) == (0.5, 0.0)
    assert math.isnan(found.df)


def test_it_covers_what_other_judges_would_say() -> None:
    """Over seeded draws of judges and scenarios 5 judges cover near 95 % where the fixed interval covers about 74 %."""
    rng = np.random.default_rng(3)
    covered = 0
    for _ in range(1500):
        judges, noise = rng.normal(0, 0.2, (2, 1, 5)), rng.normal(0, 0.35, (2, 30, 5))
        y = judges + noise + rng.normal(0, 0.3, (2, 30, 1))
        found = new_judges(y[1] - y[0])
        covered += bool(abs(found.estimate) <= stdtrit(found.df, 0.975) * found.se)
    assert 0.935 <= covered / 1500 <= 0.97
