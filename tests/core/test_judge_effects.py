"""Notes on judges."""

import numpy as np
import pytest

from core.judge_effects import interaction_variance


def test_judges_who_differ_by_a_constant_have_no_interaction() -> None:
    """A lenient judge is no judge × cell variance."""
    rng = np.random.default_rng(0)
    table = rng.normal(size=(4, 1, 30)) + np.array([0.0, 1.0, 2.0])[None, :, None]
    assert interaction_variance(table) == pytest.approx(0, abs=1e-12)


def test_the_variance_is_found_on_average() -> None:
    """Over many draws the estimate of a planted variance of 0.04 is unbiased within Monte Carlo error."""
    rng = np.random.default_rng(1)
    found = []
    for _ in range(400):
        planted = rng.normal(0, 0.2, (6, 5, 1))
        noise = rng.normal(0, 0.35, (6, 5, 30))
        found.append(interaction_variance(planted + noise + rng.normal(size=(6, 1, 30))))
    assert np.mean(found) == pytest.approx(0.04, abs=0.003)
