"""The populations of the coverage table: their true means are those of their draws."""

import numpy as np
import pytest

from benchmarks.coverage.populations import (
    Population,
    by_area,
    ceiling,
    crowded,
    crowded_high,
    five_points,
    five_points_high,
    gaussian,
    lenient_judge,
    rows,
    uneven_judges,
    with_holes,
    zero_or_one,
)

POPULATIONS: dict[str, Population] = {
    "gaussian": gaussian,
    "five_points": five_points,
    "five_points_high": five_points_high,
    "by_area": by_area,
    "lenient_judge": lenient_judge,
    "uneven_judges": uneven_judges,
    "crowded": crowded,
    "crowded_high": crowded_high,
    "ceiling 80 %": ceiling(0.8),
    "ceiling 95 %": ceiling(0.95),
    "zero_or_one": zero_or_one,
    "gaussian with holes": with_holes(gaussian, 0.3),
}


@pytest.mark.parametrize("name", POPULATIONS)
def test_the_truth_is_the_mean_of_a_large_draw(name: str) -> None:
    """Every score lies from 0 to 1, and each cell's mean over scenarios, then judges, comes near the stated one."""
    drawn = POPULATIONS[name](np.random.default_rng(1), 400, 100)
    assert np.nanmin(drawn.values) >= 0
    assert np.nanmax(drawn.values) <= 1
    means = np.nanmean(drawn.values, axis=2).mean(axis=2)
    missed = means - drawn.truth
    assert np.abs(missed.mean(axis=0) / (missed.std(axis=0) / np.sqrt(400))).max() < 4


def test_a_share_is_missing_and_rows_leave_it_out() -> None:
    """Holes are at random, and the rows of one experiment are its scores by cell, scenario and judge."""
    drawn = with_holes(gaussian, 0.3)(np.random.default_rng(2), 3, 50)
    assert np.isnan(drawn.values).mean() == pytest.approx(0.3, abs=0.05)
    cell, scenario, judge, y = rows(drawn.values[0])
    assert len(y) == (~np.isnan(drawn.values[0])).sum()
    assert np.array_equal(y, drawn.values[0][cell, scenario, judge])


def test_areas_have_their_shares() -> None:
    """Half of the scenarios are of the first area, and no other population has areas."""
    areas = by_area(np.random.default_rng(3), 1, 30).areas
    assert areas is not None
    assert np.bincount(areas).tolist() == [15, 9, 6]
    assert gaussian(np.random.default_rng(3), 1, 30).areas is None
