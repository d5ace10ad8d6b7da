"""CR2's sums over scenarios: a lower bound of df, and two ways to the same adjustment."""

from itertools import combinations

import numpy as np
import pytest

from core.estimate import cluster_robust
from core.estimate.design import Design, Floats, fit, make_design
from core.estimate.differences import differences


def _uneven(cells: int, scenarios: int, share: float) -> tuple[Design, Floats]:
    """A design of two judges who scored such a share, by chance, and normal values."""
    rng = np.random.default_rng(scenarios)
    rows = np.array(np.meshgrid(range(cells), range(scenarios), range(2), indexing="ij")).reshape(3, -1)
    cell, scenario, judge = rows[:, rng.random(rows.shape[1]) < share]
    return make_design(cell, scenario, judge), rng.normal(size=(len(cell), 1))


@pytest.mark.parametrize("scenarios", [12, 80])
def test_a_lower_bound_of_df_is_near_and_only_where_it_decides_nothing(scenarios: int) -> None:
    """Of uneven data: below the exact df, which lie within the slack, and exact where it says so or 4 are in doubt."""
    design, y = _uneven(12, scenarios, 0.7)
    pairs = list(combinations(range(12), 2))
    exact = differences(design, fit(design, y), pairs)
    some = np.arange(len(pairs)) % 5 == 0
    found = differences(design, fit(design, y), pairs, exactly=some)
    assert not exact.slack.any()
    assert found.df[some] == pytest.approx(exact.df[some], rel=1e-12)
    assert (found.slack[~some] > 0).all()
    assert (found.df <= exact.df * (1 + 1e-12)).all()
    assert (found.df * (1 + found.slack) >= exact.df * (1 - 1e-12)).all()
    assert found.slack.max() < 5 / scenarios


def test_small_and_large_adjustments_agree() -> None:
    """The series, which is summed where a scenario weighs little, gives what eigenvalues do."""
    design, y = _uneven(6, 40, 0.8)
    pairs = list(combinations(range(6), 2))
    series = differences(design, fit(design, y), pairs)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cluster_robust, "SMALL", 0.0)
        eigenvalues = differences(design, fit(design, y), pairs)
    assert series.se == pytest.approx(eigenvalues.se, rel=1e-13)
    assert series.df == pytest.approx(eigenvalues.df, rel=1e-12)
