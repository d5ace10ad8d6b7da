import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.estimate.bounds import bounded
from core.estimate.design import Floats, fit, make_design
from core.estimate.levels import levels


def _levels(values: Floats) -> tuple[Floats, Floats]:
    """Levels before and after, of one judge's values (cells, scenarios), nan where there is none."""
    cell, scenario = np.nonzero(~np.isnan(values))
    design = make_design(cell, scenario, np.zeros(len(cell), np.int64))
    fitted = fit(design, values[cell, scenario][:, None])
    before = levels(design, fitted, None).estimate
    return before, bounded(design, fitted, before)


def test_a_filled_in_value_stays_on_the_scale() -> None:
    """The second cell, half a scale better on the hard half, would come to 1.5 on the easy half: it counts as 1."""
    values = np.array([[0.0, 0.0, 1.0, 1.0], [0.5, 0.5, np.nan, np.nan]])
    before, after = _levels(values)
    assert np.ravel(before) == pytest.approx([0.5, 1.0])
    assert np.ravel(after) == pytest.approx([0.5, 0.75])


def test_what_stays_inside_keeps_its_digits() -> None:
    """Without a filled in value outside the scale, levels are what they were, to the last bit."""
    values = np.array([[0.2, 0.4, 0.6, 0.3], [0.3, np.nan, 0.5, 0.4]])
    before, after = _levels(values)
    assert np.array_equal(before, after)


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([0.0, 0.02, 0.5, 1.0, None]), min_size=24, max_size=24))
def test_no_level_leaves_the_scale(flat: list[float | None]) -> None:
    """Whatever is missing, every level that can be known lies from 0 to 1."""
    values = np.array([np.nan if value is None else value for value in flat]).reshape(3, 8)
    values = values[~np.isnan(values).all(axis=1)][:, ~np.isnan(values).all(axis=0)]
    if not values.size:
        return
    after = _levels(values)[1]
    known = after[~np.isnan(after)]
    assert ((known >= 0) & (known <= 1)).all()
