"""Errors of distances from the mean of cells, against their definition."""

import numpy as np

from core.prediction.distances import distance_errors


def test_errors_are_those_of_the_definition() -> None:
    """Judges are averaged first; scenarios that a chosen cell lacks do not count, nor cells that are not chosen."""
    chance = np.random.default_rng(3)
    cell, scenario = (grid.ravel() for grid in np.meshgrid(np.arange(4), np.arange(10), indexing="ij"))
    score = chance.normal(size=40)
    is_known = ~((cell == 2) & (scenario == 7))
    cell, scenario = np.tile(cell[is_known], 2), np.tile(scenario[is_known], 2)
    score = np.concatenate([score[is_known], score[is_known] + chance.normal(size=39)])
    found = distance_errors(cell, scenario, score, np.array([2, 0, 3]))
    wide = np.array([[score[(cell == c) & (scenario == s)].mean() for s in range(10) if s != 7] for c in (2, 0, 3)])
    distances = wide - wide.mean(axis=0)
    expected = [np.sqrt(((row - row.mean()) ** 2).sum() / 8 / 9) for row in distances]
    assert found is not None
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_what_all_cells_share_is_no_error() -> None:
    """A scenario that is hard for all changes no distance."""
    cell, scenario = np.repeat(np.arange(3), 5), np.tile(np.arange(5), 3)
    hard = np.array([0.0, 9.0, -4.0, 2.0, 7.0])
    found = distance_errors(cell, scenario, hard[scenario] + cell, np.arange(3))
    assert found is not None
    np.testing.assert_allclose(found, 0.0, atol=1e-12)


def test_of_one_shared_scenario_no_error_is_known() -> None:
    """Nor of no cell at all."""
    one = np.zeros(2, np.int64)
    assert distance_errors(np.arange(2), one, np.arange(2.0), np.arange(2)) is None
    nothing = np.zeros(0, np.int64)
    assert distance_errors(nothing, nothing, np.zeros(0), nothing) is None
