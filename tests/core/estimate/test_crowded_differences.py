"""Limits of differences where scores crowd at an end of the scale: Student's t joined with Agresti and Min's."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import stdtrit

from core.estimate import crowded_differences
from core.estimate.bands import in_family
from core.estimate.crowded_differences import agresti_min, joined
from core.estimate.design import Design, Floats, fit, make_design
from core.estimate.differences import Differences, differences
from core.estimate.multiple import p_values
from tests.core.crowded_scores import crowded


def _of(y: Floats, pairs: list[tuple[int, int]] | None = None) -> tuple[Design, Differences]:
    """The joined differences of all pairs of (cells, scenarios, judges) scores, nan where there is none."""
    cell, scenario, judge = np.nonzero(~np.isnan(y))
    design = make_design(cell, scenario, judge)
    fitted = fit(design, y[cell, scenario, judge][:, None])
    return design, joined(design, differences(design, fitted, pairs or list(combinations(range(len(y)), 2))))


def _crowded(seed: int, scenarios: int = 24) -> Floats:
    return crowded(scenarios, seed)[2].reshape(scenarios, 8).T[:, :, None]


def _limits(found: Differences) -> tuple[Floats, Floats]:
    times = stdtrit(found.df, 0.975)
    return found.estimate - times * found.below, found.estimate + times * found.above


def test_agresti_and_mins_limits_add_two_scenarios() -> None:
    """21 pairs of which 1 is better and 7 are worse: 1.5 and 7.5 of 23."""
    low, high = agresti_min(np.array([1.0]), np.array([7.0]), np.array([21.0]))
    centre, error = -6 / 23, np.sqrt((9 / 23 - (6 / 23) ** 2) / 23)
    assert (low[0], high[0]) == pytest.approx((centre - 1.959964 * error, centre + 1.959964 * error), abs=1e-6)


def test_where_nothing_crowds_the_differences_are_those_of_t() -> None:
    """Scores in the middle of the scale without skewness: the very object comes back."""
    y = np.random.default_rng(1).normal(0.5, 0.15, (3, 60, 2))
    cell, scenario, judge = np.nonzero(~np.isnan(y))
    design = make_design(cell, scenario, judge)
    found = differences(design, fit(design, y[cell, scenario, judge][:, None]), [(0, 1), (0, 2), (1, 2)])
    assert joined(design, found) is found


def test_what_was_seen_once_reaches_as_far_as_agresti_and_mins_limits() -> None:
    """One scenario of 24 where only one cell has .2: few is under .25, and both limits are the pseudo-scenarios'."""
    y = np.zeros((2, 24, 1))
    y[0, 3] = 0.2
    _, found = _of(y)
    low, high = agresti_min(np.array([0.2]), np.array([0.0]), np.array([24.0]))
    assert np.concatenate(_limits(found)) == pytest.approx(np.concatenate([low, high]))
    assert found.stretch is not None
    assert found.stretch.crowded.tolist() == [True]


def test_passes_and_failures_take_agresti_and_mins_limits_whole() -> None:
    """Scores of 0 and 1 that differ in 1 and 9 of 40 scenarios: no limit lies within the other method's."""
    y = np.zeros((2, 40, 1))
    y[0, :1] = y[1, 20:29] = 1.0
    _, found = _of(y)
    d = (y[0] - y[1]).ravel()
    reach = stdtrit(39, 0.975) * d.std(ddof=1) / np.sqrt(40)
    low, high = agresti_min(np.array([1.0]), np.array([9.0]), np.array([40.0]))
    expected = np.minimum(low, d.mean() - reach), np.maximum(high, d.mean() + reach)
    assert np.concatenate(_limits(found)) == pytest.approx(np.concatenate(expected))
    assert max(found.above[0], found.below[0]) > found.se[0]


@given(st.integers(0, 10_000), st.integers(8, 40), st.floats(0, 0.4))
@settings(max_examples=40, deadline=None)
def test_p_is_below_a_twentieth_where_the_interval_excludes_0(seed: int, scenarios: int, missing: float) -> None:
    """And nowhere else, with holes or without; no limit lies within that of t."""
    y = _crowded(seed, scenarios)
    holes = np.random.default_rng(seed).random(y.shape) < missing
    holes[:, :5] = False
    _, found = _of(np.where(holes, np.nan, y))
    family = in_family(found)
    low, high = (limit[family] for limit in _limits(found))
    assert np.array_equal(p_values(found)[family] < 0.05, (low > 0) | (high < 0))
    assert (found.below[family] >= found.se[family]).all()
    assert (found.above[family] >= found.se[family]).all()


@given(st.integers(0, 10_000))
@settings(max_examples=10, deadline=None)
def test_the_mirror_image_has_the_mirrored_limits(seed: int) -> None:
    """Scores s and 1 - s, and the second cell minus the first."""
    y = _crowded(seed)
    low, high = _limits(_of(y)[1])
    pairs = [(right, left) for left, right in combinations(range(8), 2)]
    for mirrored_low, mirrored_high in (_limits(_of(1 - y)[1]), _limits(_of(y, pairs)[1])):
        assert mirrored_low == pytest.approx(-high, nan_ok=True)
        assert mirrored_high == pytest.approx(-low, nan_ok=True)


def test_neither_the_order_of_scenarios_nor_judges_who_say_the_same_change_a_limit() -> None:
    """Scenarios in another order, every judge twice, and a constant that one of two judges adds."""
    rng = np.random.default_rng(4)
    y = np.clip(np.concatenate([_crowded(2)] * 2, axis=2) * rng.uniform(0.8, 1, (8, 24, 2)), 0, 0.9)
    expected = _limits(_of(y)[1])
    for other in (y[:, rng.permutation(24)], np.concatenate([y, y], axis=2), y + np.array([0.0, 0.1])):
        assert np.concatenate(_limits(_of(other)[1])) == pytest.approx(np.concatenate(expected), nan_ok=True)


@given(st.integers(0, 10_000), st.floats(0, 0.4), st.booleans())
@settings(max_examples=20, deadline=None)
def test_no_pair_that_crowds_is_missed(seed: int, missing: float, whole: bool) -> None:
    """What the sums over cells leave out would have had t's limits, had it been looked at."""
    y = _crowded(seed) if seed % 2 else np.random.default_rng(seed).normal(0.5, 0.2, (8, 24, 1)).clip(0, 1)
    y = np.round(y + 0.2) if whole else y
    design, found = _of(np.where(np.random.default_rng(seed).random(y.shape) < missing, np.nan, y))
    plain = replace(found, stretch=None)
    family = in_family(plain)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crowded_differences, "_suspects", lambda _design, found, _shared: np.ones(len(found.pairs), bool))
        looked_at = joined(design, plain)
    assert np.array_equal(looked_at.below[family], found.below[family])
    assert np.array_equal(looked_at.above[family], found.above[family])


def test_cells_that_share_few_scenarios_keep_t() -> None:
    """With 4 in common nothing is said of how a difference is spread over them."""
    y = _crowded(3)
    y[0, 4:12], y[1, 12:] = np.nan, np.nan
    y[0, 12:] = 0.01
    design, found = _of(y, [(0, 1), (2, 3)])
    assert design.shared[0, 1] == 4
    assert (found.below[0], found.above[0]) == (found.se[0], found.se[0])
    assert found.below[1] > found.se[1]


def test_with_few_scenarios_differences_are_small_as_they_are_with_sixteen() -> None:
    """Ten of ±.08: few is .8, 1.28 with 16, so the limits are t's; at ±.04 it is .64: .48 of the way; both marked."""
    signs = np.where(np.arange(10) % 2, 1.0, -1.0)[:, None]
    for size, share in ((0.08, 0.0), (0.04, 0.48)):
        y = np.stack([0.5 + size * signs, np.full((10, 1), 0.5)])
        _, found = _of(y)
        half = float(agresti_min(np.array([5 * size]), np.array([5 * size]), np.array([10.0]))[1][0])
        reach = stdtrit(9, 0.975) * size / 3
        assert _limits(found)[1][0] == pytest.approx(reach + share * (half - reach))
        assert found.stretch is not None
        assert found.stretch.crowded.tolist() == [True]


@given(st.integers(0, 10_000), st.integers(6, 40), st.floats(0, 0.4), st.booleans())
@settings(derandomize=True, max_examples=60, deadline=None)
def test_whatever_is_wider_than_t_is_marked(seed: int, scenarios: int, missing: float, near: bool) -> None:
    """Near an end of the scale and in its middle, with many scenarios or few, with holes or without."""
    rng = np.random.default_rng(seed)
    y = _crowded(seed, scenarios) if near else rng.normal(0.5, 0.1, (4, scenarios, 1))
    holes = rng.random(y.shape) < missing
    holes[:, :5] = False
    _, found = _of(np.where(holes, np.nan, y))
    wider = (found.below > found.se) | (found.above > found.se)
    crowded_ones = np.zeros(len(wider), bool) if found.stretch is None else found.stretch.crowded
    assert not (wider & ~crowded_ones).any()
