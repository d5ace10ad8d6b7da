"""How often a confidence sequence of a difference of two shares is ever wrong, and a fixed interval that is looked at.

usage: python -m benchmarks.monitoring.coverage [--runs N] [--users N]

A row has the share in percent of experiments in which the sequence left the true difference out after any user, and
that for an interval of 1.96 standard errors looked at after each user from the 100th on; how wide both are after the
last user; and, where there is a difference, after how many users the sequence excluded 0 in half of the experiments.
"""

import argparse

import numpy as np

from core.estimate.design import Floats
from core.monitoring.sequences import difference_sequence

FIRST_LOOK = 100
ROWS: dict[str, tuple[float, float, float]] = {
    "no difference": (0.3, 0.3, 0.5),
    "no difference, rare": (0.03, 0.03, 0.5),
    "no difference, a tenth treated": (0.3, 0.3, 0.1),
    "five points": (0.30, 0.35, 0.5),
    "twenty points": (0.30, 0.50, 0.5),
}
"""The share of rewards of the others and of the treated, and the share that is treated."""


def row(plain: float, treated: float, share: float, users: int, runs: int) -> list[str]:
    """Return the cells of a row of the table."""
    truth = treated - plain
    wrong = np.zeros(2)
    widths = np.zeros((runs, 2))
    excluded = np.full(runs, np.inf)
    for run in range(runs):
        rng = np.random.default_rng([run, users])
        dealt = rng.random(users) < share
        x = (rng.random(users) < np.where(dealt, treated, plain)).astype(np.float64)
        found = difference_sequence(x, dealt, share)
        centre, half = _fixed(x, dealt)
        wrong += found.excludes(truth) is not None, bool((np.abs(centre - truth) > half)[FIRST_LOOK - 1 :].any())
        widths[run] = found.high[-1] - found.low[-1], 2 * half[-1]
        excluded[run] = found.excludes(0.0) or np.inf
    half_by = np.median(excluded)
    return [
        *(f"{100 * count / runs:.1f}" for count in wrong),
        *(f"{width:.3f}" for width in widths.mean(axis=0)),
        f"{half_by:.0f}" if truth and np.isfinite(half_by) else "–",
    ]


def _fixed(x: Floats, dealt: np.ndarray) -> tuple[Floats, Floats]:
    """Return the difference of the shares after each user, and 1.96 of its standard errors."""
    means, variance = [], np.zeros(len(x))
    for part in (dealt, ~dealt):
        n = np.maximum(part.cumsum(), 1)
        mean = (x * part).cumsum() / n
        means.append(mean)
        variance += mean * (1 - mean) / n
    return means[0] - means[1], 1.96 * np.sqrt(variance)


def main() -> None:
    """Print the table as it is made."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--users", type=int, default=2_000)
    given = parser.parse_args()
    print(f"{given.runs:,} experiments a row, {given.users:,} users each\n")
    columns = ("sequence ever wrong", "fixed ever wrong", "its width", "fixed width", "users until it shows")
    print("| experiment | " + " | ".join(columns) + " |")
    print("|---" * (1 + len(columns)) + "|")
    for name, shares in ROWS.items():
        print("| " + " | ".join([name, *row(*shares, given.users, given.runs)]) + " |", flush=True)


if __name__ == "__main__":
    main()
