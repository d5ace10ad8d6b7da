"""Bootstrap statistics of many pairs against one resample and one pair at a time."""

from itertools import combinations

import numpy as np
import pytest

from core.estimate.differences import paired
from core.estimate.resampling import RESAMPLES, resampled


def test_statistics_are_those_of_one_resample_and_one_pair_at_a_time() -> None:
    """With pairs in more than one block, and scenarios in the order of what they contribute."""
    by_cell = np.random.default_rng(4).normal(size=(40, 24))
    pairs = list(combinations(range(24), 2))
    found = resampled(by_cell, pairs, seed=5)
    influence = paired(by_cell, pairs)
    size = np.abs(influence).sum(axis=1).round(9)
    counts = np.random.default_rng([5, 40, RESAMPLES]).multinomial(40, np.full(40, 1 / 40), size=RESAMPLES)
    for number, pair in [(0, 0), (1, 275), (999, 100), (1_999, 255)]:
        drawn = np.repeat(influence[np.argsort(size), pair], counts[number])
        assert found[number, pair] == pytest.approx(abs(drawn.sum()) / np.sqrt(40 * drawn.var(ddof=1)), rel=1e-10)


def test_a_resample_without_spread_has_no_statistic() -> None:
    """Where one scenario carries a pair, resamples without it are nan for that pair alone."""
    by_cell = np.zeros((40, 3))
    by_cell[:, 0], by_cell[7, 1] = np.random.default_rng(1).normal(size=40), 1.0
    found = resampled(by_cell, [(0, 2), (1, 2)], seed=0)
    assert not np.isnan(found[:, 0]).any()
    assert 0.3 < np.isnan(found[:, 1]).mean() < 0.45
