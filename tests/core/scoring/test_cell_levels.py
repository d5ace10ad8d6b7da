import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from core.scoring.cell_levels import UNANSWERED, gate_shares


@given(st.lists(st.lists(st.sampled_from([0.0, 1.0, np.nan]), min_size=7, max_size=7), min_size=1, max_size=4))
def test_a_share_has_the_interval_that_scipy_gives_it(verdicts: list[list[float]]) -> None:
    """Of the scenarios with a verdict; a cell without any has no share."""
    for row, found in zip(verdicts, gate_shares(np.array(verdicts)), strict=True):
        known = [value for value in row if not np.isnan(value)]
        if not known:
            assert found == UNANSWERED
            continue
        wanted = binomtest(int(sum(known)), len(known)).proportion_ci(method="wilson")
        assert (found.score, found.n, found.gate) == (sum(known) / len(known), len(known), True)
        assert [found.low, found.high] == pytest.approx([wanted.low, wanted.high], abs=1e-12)
