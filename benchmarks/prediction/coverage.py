"""How often the answer to whether a benchmark predicts reactions holds the truth, and what it says.

usage: python -m benchmarks.prediction.coverage [--runs N]

True scores of cells are normal with a standard deviation of 1; the errors of scores make the reliability of a row, and
their variances differ between cells by up to three times. Rewards follow the true scores with the slope of the row,
scatter about them with a standard deviation of .5 that scores do not explain, and have an error of .3 of their own. A
row has the share in percent of the intervals that hold the true slope and the true rank correlation of what is
measured, the share that was refused, and of the others how many said that benchmark and reactions agree or disagree.
"""

import argparse
from collections import Counter

import numpy as np

from core.prediction.evaluate import CellOutcome, predicts

SCATTER, OWN = 0.5, 0.3
SLOPES = {"agree": 1.0, "unrelated": 0.0, "disagree": -1.0}
RELIABILITIES = (0.95, 0.8, 0.6)


def row(slope: float, cells: int, reliability: float, runs: int) -> list[str]:
    """Return the cells of a row of the table."""
    mean_variance = 1 / reliability - 1
    measured = slope / np.sqrt((1 + mean_variance) * (slope**2 + SCATTER**2 + OWN**2))
    rank_truth = 6 / np.pi * np.arcsin(measured / 2)
    seen: Counter[str] = Counter()
    for run in range(runs):
        rng = np.random.default_rng([run, cells])
        true = rng.normal(size=cells)
        variance = mean_variance * rng.uniform(0.5, 1.5, cells)
        score = true + np.sqrt(variance) * rng.normal(size=cells)
        reward = slope * true + np.hypot(SCATTER, OWN) * rng.normal(size=cells)
        rows = zip(score.tolist(), np.sqrt(variance).tolist(), reward.tolist(), strict=True)
        found = predicts([CellOutcome(f"m/{place}", *each) for place, each in enumerate(rows)])
        if found.slope_low is None or found.slope_high is None or found.rank_low is None or found.rank_high is None:
            seen["refused"] += 1
            continue
        seen["slope"] += found.slope_low <= slope <= found.slope_high
        seen["rank"] += found.rank_low <= rank_truth <= found.rank_high
        seen[found.verdict] += 1
    left = max(runs - seen["refused"], 1)
    refused = f"{100 * seen['refused'] / runs:.1f}"
    shares = [f"{100 * seen[name] / left:.1f}" for name in ("slope", "rank", "agrees", "disagrees")]
    return [*shares[:2], refused, *shares[2:]]


def main() -> None:
    """Print the table as it is made."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    given = parser.parse_args()
    print(f"{given.runs:,} runs a row, error ± {100 * np.sqrt(0.95 * 0.05 / given.runs):.1f} points\n")
    columns = ("slope held", "rank held", "refused", "said agrees", "said disagrees")
    print("| scores and rewards | cells | reliability | " + " | ".join(columns) + " |")
    print("|---" * (3 + len(columns)) + "|")
    for name, slope in SLOPES.items():
        for cells in (8, 12, 30):
            for reliability in RELIABILITIES:
                parts = row(slope, cells, reliability, given.runs)
                print("| " + " | ".join([name, str(cells), str(reliability), *parts]) + " |", flush=True)


if __name__ == "__main__":
    main()
