"""Intervals of levels where scores crowd at an end of the scale: Student's t joined with Wilson's."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import stdtrit

from core.estimate.crowded import Reaches, reaches, wilson
from core.estimate.design import Floats, fit, make_design
from core.estimate.levels import Levels, levels


def _of(means: Floats) -> tuple[Levels, Reaches]:
    """The level and its reaches of one cell with these scenario means."""
    none = np.zeros(len(means), np.int64)
    design = make_design(none, np.arange(len(means)), none)
    level = levels(design, fit(design, means[:, None]), None)
    ends = np.array([[bool(((means == 0) | (means == 1)).all())]])
    return level, reaches(level, level.estimate, np.array([float(len(means))]), ends)


def _limits(means: Floats) -> tuple[float, float]:
    level, found = _of(means)
    point = level.estimate[0, 0]
    return float(point - found.below[0, 0]), float(point + found.above[0, 0])


def _t_limits(means: Floats) -> tuple[float, float]:
    reach = stdtrit(len(means) - 1, 0.975) * means.std(ddof=1) / np.sqrt(len(means))
    return means.mean() - reach, means.mean() + reach


def test_wilsons_limits_are_those_of_statsmodels(from_statsmodels: Any) -> None:
    """Whole and broken counts, at both ends and between."""
    cases = from_statsmodels["wilson"]
    assert len(cases) == 6
    low, high = wilson(np.array([case["mean"] for case in cases]), np.array([float(case["n"]) for case in cases]))
    assert low == pytest.approx([case["low"] for case in cases], abs=1e-12)
    assert high == pytest.approx([case["high"] for case in cases], abs=1e-12)


def test_where_nothing_crowds_the_interval_is_that_of_t_to_the_last_bit() -> None:
    """Scores in the middle of the scale, without skewness."""
    level, found = _of(np.linspace(0.3, 0.75, 20))
    reach = stdtrit(19, 0.975) * level.se[0, 0]
    assert (found.below[0, 0], found.above[0, 0], found.crowded[0, 0]) == (reach, reach, False)


def test_skewness_is_that_of_the_scenario_means_over_the_root_of_their_number() -> None:
    """The skewness of the estimate falls with the number of scenarios."""
    means = np.random.default_rng(1).beta(1, 5, 30)
    about = means - means.mean()
    expected = (about**3).mean() / (about**2).mean() ** 1.5 / np.sqrt(30)
    assert _of(means)[0].skewness[0, 0] == pytest.approx(expected)


def test_a_sample_without_a_high_score_reaches_as_far_as_wilsons_limit() -> None:
    """24 win probabilities of nearly 0 say of the mean that it is under .138, as 0 of 24 do; the lower limit is t's."""
    means = 10.0 ** -np.linspace(3, 9, 24)
    low, high = _limits(means)
    assert high == pytest.approx(0.138, abs=0.001)
    assert low == pytest.approx(_t_limits(means)[0])
    assert _of(means)[1].crowded[0, 0]


def test_zeros_and_ones_are_joined_with_wilsons_interval_whatever_their_share() -> None:
    """8 of 40 passed: t's upper limit is .330, Wilson's .348; the lower limit is t's, which lies lower."""
    means = np.repeat([0.0, 1.0], [32, 8])
    low, high = _limits(means)
    assert low == pytest.approx(_t_limits(means)[0])
    assert high == pytest.approx(float(wilson(np.array([0.2]), np.array([40.0]))[1][0]))
    assert not _of(means)[1].crowded[0, 0]


def test_skewness_away_from_the_ends_widens_by_no_more_than_its_part() -> None:
    """One scenario of twelve far above the others in the middle of a wide scale: 2.2 half-widths, not Wilson's."""
    means = np.concatenate([np.linspace(0.5, 0.501, 11), [0.55]])
    (low, high), (t_low, t_high) = _limits(means), _t_limits(means)
    assert high - means.mean() == pytest.approx(2.2 * (t_high - means.mean()))
    assert means.mean() - low == pytest.approx(2.2 * (means.mean() - t_low))
    assert _of(means)[1].crowded[0, 0]


def test_a_level_that_was_moved_onto_the_scale_has_the_limit_it_came_from() -> None:
    """The limit on the side that a level was moved away from stays where it was."""
    level, plain = _of(np.linspace(0.3, 0.75, 20))
    moved = reaches(level, level.estimate + 0.02, np.array([20.0]), np.array([[False]]))
    assert moved.below[0, 0] == pytest.approx(plain.below[0, 0] + 0.02)
    assert moved.above[0, 0] == pytest.approx(plain.above[0, 0])


def test_below_four_degrees_of_freedom_there_is_no_interval_and_no_mark() -> None:
    """Four scenarios give none, five do."""
    few, enough = _of(np.array([0.0, 0.0, 0.0, 0.1]))[1], _of(np.array([0.0, 0.0, 0.0, 0.0, 0.1]))[1]
    assert np.isnan(few.below).all()
    assert not few.crowded.any()
    assert np.isfinite(enough.below).all()
    assert enough.crowded.all()


SCORES = st.lists(st.floats(0, 1) | st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0]), min_size=5, max_size=40)


@settings(derandomize=True, max_examples=200, deadline=None)
@given(SCORES)
def test_no_interval_is_narrower_than_that_of_t_and_the_mirror_image_is_mirrored(scores: list[float]) -> None:
    """Limits lie at t's or further out, at most as far as Wilson's where that is outside; y → 1 - y swaps them."""
    means = np.array(scores)
    if means.std() < 1e-6:
        return
    (low, high), (t_low, t_high) = _limits(means), _t_limits(means)
    wilson_low, wilson_high = (float(limit[0]) for limit in wilson(means.mean(keepdims=True), np.array([len(means)])))
    assert min(t_low, wilson_low) - 1e-12 <= low <= t_low + 1e-12
    assert t_high - 1e-12 <= high <= max(t_high, wilson_high) + 1e-12
    assert (1 - high, 1 - low) == pytest.approx(_limits(1 - means), abs=1e-9)


@settings(derandomize=True, max_examples=60, deadline=None)
@given(SCORES, st.randoms(use_true_random=False))
def test_the_order_of_scenarios_changes_nothing(scores: list[float], rng: Any) -> None:
    """Scenarios in another order give the same limits."""
    shuffled = rng.sample(scores, len(scores))
    assert _limits(np.array(shuffled)) == pytest.approx(_limits(np.array(scores)), abs=1e-9)


def test_with_few_scenarios_an_end_is_as_near_as_with_sixteen() -> None:
    """Ten of mean .9, without skewness: n·p·(1 - p) is .9, 1.44 with 16, so the interval is t's and the cell marked."""
    level, found = _of(np.repeat([0.85, 0.95], 5))
    reach = stdtrit(9, 0.975) * level.se[0, 0]
    assert (found.below[0, 0], found.above[0, 0]) == (reach, reach)
    assert found.crowded[0, 0]


def test_nearer_the_end_a_share_of_the_way_to_wilsons_limit_is_gone() -> None:
    """Ten of mean .96: n·p·(1 - p) is .384, .6144 with 16, so the lower limit goes (1 - .6144) / .75 of the way."""
    means = np.repeat([0.95, 0.97], 5)
    low, t_low = _limits(means)[0], _t_limits(means)[0]
    wilson_low = float(wilson(np.array([0.96]), np.array([10.0]))[0][0])
    assert low == pytest.approx(t_low - (1 - 0.6144) / 0.75 * (t_low - wilson_low))


@settings(derandomize=True, max_examples=200, deadline=None)
@given(SCORES)
def test_whatever_is_wider_than_t_is_marked(scores: list[float]) -> None:
    """With many scenarios or few; scores of 0 and 1 only may be wider without crowding."""
    means = np.array(scores)
    if means.std() < 1e-6 or ((means == 0) | (means == 1)).all():
        return
    level, found = _of(means)
    reach = stdtrit(len(means) - 1, 0.975) * level.se[0, 0]
    assert found.crowded[0, 0] or (found.below[0, 0], found.above[0, 0]) == (reach, reach)
