"""Scores that crowd at the low end of a scale from 0 to 1, as win probabilities of weak models do."""

import random

import numpy as np

from core.estimate.design import Floats, Ints

SHARES = (0.03, 0.04, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75)


def crowded(scenarios: int, seed: int) -> tuple[Ints, Ints, Floats]:
    """Cells, scenarios and scores of eight cells; the first scenarios are the same whatever their number is."""
    rows = []
    for scenario in range(scenarios):
        rng = random.Random(f"{seed}-{scenario}")  # noqa: S311  # seeded data
        easy = rng.random()
        for cell, share in enumerate(SHARES):
            high = 0.6 * rng.random() + 0.4 * easy < share
            rows.append((cell, scenario, rng.betavariate(3, 2) if high else 10 ** -rng.uniform(3, 9)))
    cells, places, scores = zip(*rows, strict=True)
    return np.array(cells), np.array(places), np.array(scores)
