"""A small run of the table of decisions, and that its rule is the one of `choose`."""

import numpy as np
import pytest

from benchmarks.choosing.__main__ import FITTED, WHOLE, too_bad
from benchmarks.choosing.cells import Cells, crowded, gaussian
from benchmarks.choosing.deciding import MARGIN, alike, contrasts, critical, one_by_one, qualifies, shipped
from benchmarks.coverage.differences import fitted_scores
from core.choosing.comparisons import compare_all
from core.scoring.fitted_means import FittedMeans

RUNS = 200


@pytest.mark.parametrize(("cells", "cheapest"), [(5, 0.71), (20, 0.23)])
def test_few_ship_what_is_too_bad_and_many_the_cheapest_of_equal_cells(cells: int, cheapest: float) -> None:
    """At 240 scenarios, one look, three Monte Carlo errors aside; three looks ship no more that is too bad."""
    wrong = shipped(gaussian, too_bad(cells), 240, RUNS, whole=True, seed=1).wrong
    assert max(wrong) < 0.05 + 3 * np.sqrt(0.05 * 0.95 / RUNS)
    equal = shipped(gaussian, np.zeros(cells), 240, RUNS, whole=True, seed=2)
    assert equal.first[0] > cheapest - 3 * np.sqrt(cheapest * (1 - cheapest) / RUNS)
    assert equal.some[0] > 0.98


def test_where_scores_crowd_few_ship_what_is_too_bad() -> None:
    """By the board's own limits, with five cells and 60 scenarios."""
    assert shipped(crowded, too_bad(5), 60, 60, whole=False, seed=1).wrong[0] < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 60)


def test_the_rule_is_that_of_choose() -> None:
    """Cell by cell: statistics against critical values, which are drawn otherwise, say what limits say."""
    values = gaussian(np.random.default_rng(4), 5, np.array([0.03, 0.0, 0.01, 0.02]), 90)
    for one in values:
        own = contrasts(one)
        design, fitted = fitted_scores(one)
        rows = design.rows
        got = FittedMeans(
            np.arange(4), np.arange(90), rows.cell, rows.scenario, rows.judge, np.empty((0, 1)), design, fitted
        )
        found = compare_all(got, 1.0, MARGIN, 1)
        for cell in range(4):
            assert critical(own, cell, 0.95) == pytest.approx(found.times[cell], abs=0.06)
            others = [other for other in range(4) if other != cell]
            if all(abs(own.statistic[cell, other] - found.times[other]) > 0.06 for other in others):
                lowest = min(found.lower(cell, other) for other in others)
                assert (lowest >= -MARGIN) == qualifies(own, cell, 0.95)


def test_cells_that_are_alike_are_decided_at_once_as_one_by_one() -> None:
    """But for the few experiments in which a statistic is next to the critical value."""
    values, bad = gaussian(np.random.default_rng(6), 60, too_bad(5), 240), too_bad(5) > MARGIN
    at_once, each = (decided(values, (0.998, 0.95), bad) for decided in (alike, one_by_one))
    assert (at_once == each).all(axis=2).mean() > 0.95


@pytest.mark.parametrize("drawn", [*WHOLE.values(), *FITTED.values()], ids=[*WHOLE, *FITTED])
def test_cells_are_as_far_from_the_best_as_they_shall_be(drawn: Cells) -> None:
    """In the mean of many scenarios, four errors aside."""
    values = drawn(np.random.default_rng(5), 1, np.array([MARGIN, 0.0]), 40_000)[0]
    off = values[1, :, -1] - values[0, :, -1]
    off = off[~np.isnan(off)]
    assert off.mean() == pytest.approx(MARGIN, abs=4 * off.std() / np.sqrt(len(off)))
