"""Levels kept on the scale: the additive model may fill in what no judge could have given."""

import numpy as np

from core.estimate.design import Design, Fit, Floats


def bounded(design: Design, fitted: Fit, estimate: Floats) -> Floats:
    """Return the levels `estimate` (K, q) of responses from 0 to 1, none outside it; nan stays nan.

    A level averages over all G scenarios, with cell plus scenario effect where the cell has no score. Each such filled
    in value stays in 0 to 1, and last the level itself, which uneven judges may carry over an end. Where no filled
    in value leaves the scale this is `estimate`.
    """
    inside = estimate.copy()
    effects = fitted.beta[: design.n_cells]
    for pattern, scenario in zip(design.patterns, fitted.effects, strict=True):
        absent = np.flatnonzero(~pattern.z[:, : design.n_cells].any(axis=0))
        filled = scenario[:, None, :] + effects[absent]
        inside[absent] += (np.clip(filled, 0.0, 1.0) - filled).sum(axis=0) / design.n_scenarios
    return np.clip(inside, 0.0, 1.0)
