"""Student's t against values of printed tables."""

import numpy as np
import pytest

from core.estimate.student import t_below, t_quantile


@pytest.mark.parametrize(("df", "value"), [(1, 12.706), (4, 2.776), (10, 2.228), (30, 2.042), (1e9, 1.960)])
def test_quantile_and_probability_undo_each_other(df: float, value: float) -> None:
    """At 97.5 %, for one number and for an array."""
    assert t_quantile(df, 0.975) == pytest.approx(value, abs=5e-4)
    assert t_below(df, t_quantile(df, 0.975)) == pytest.approx(0.975)
    assert t_quantile(np.array([df, df]), 0.975).tolist() == [t_quantile(df, 0.975)] * 2
