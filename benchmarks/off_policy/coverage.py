"""How often the intervals of off-policy estimates hold the truth, and how often an estimate is refused.

usage: python -m benchmarks.off_policy.coverage [--runs N] [--decisions N ...]

A row has, for each estimator, the share in percent of the intervals that hold the target's true mean reward, and in
brackets that of the runs that were refused. The limit of weights is √n, above all weights here.
"""

import argparse
from collections import Counter

import numpy as np

from benchmarks.off_policy.logs import ACTIONS, Draw, Kind, adaptive, adaptive_truth
from core.off_policy.evaluate import ActionCounts, evaluate

ESTIMATORS = ("ips", "snips", "dm", "dr")
"""Without clipped weights the other two are the same as IPS and DR."""
KINDS = {
    "Gaussian": Kind(),
    "0 or 1": Kind(binary=True),
    "0 or 1, rare": Kind(binary=True, scale=0.2),
    "ten decisions a user": Kind(binary=True, each=10),
    "a far target": Kind(binary=True, sharp=3.5),
    "not linear": Kind(binary=True, curved=0.15),
}
POPULATIONS: dict[str, tuple[Draw, float]] = {
    **{name: (kind.draw, kind.truth()) for name, kind in KINDS.items()},
    "adaptive": (adaptive, adaptive_truth()),
}


def row(draw: Draw, truth: float, n: int, runs: int) -> list[str]:
    """Return the cells of a row of the table."""
    held: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    for run in range(runs):
        decisions, target = draw(np.random.default_rng([run, n]), n)
        counts = np.bincount(decisions.action, minlength=ACTIONS)
        for found in evaluate(decisions, target, ActionCounts([str(a) for a in range(ACTIONS)], counts, counts)):
            if found.low is None or found.high is None:
                refused[found.estimator] += 1
            else:
                held[found.estimator] += found.low <= truth <= found.high
    return [_cell(held[name], refused[name], runs) for name in ESTIMATORS]


def _cell(held: int, refused: int, runs: int) -> str:
    covered = f"{100 * held / (runs - refused):.1f}" if runs > refused else "–"
    return f"{covered} ({100 * refused / runs:.1f})"


def main() -> None:
    """Print the table as it is made."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--decisions", type=int, nargs="+", default=[300, 1_000])
    given = parser.parse_args()
    error = 100 * np.sqrt(0.95 * 0.05 / given.runs)
    print(f"{given.runs:,} runs a row, error ± {error:.1f} points\n")
    print("| log | decisions | " + " | ".join(ESTIMATORS) + " |")
    print("|---" * (2 + len(ESTIMATORS)) + "|")
    for name, (draw, truth) in POPULATIONS.items():
        for n in given.decisions:
            print("| " + " | ".join([name, str(n), *row(draw, truth, n, given.runs)]) + " |", flush=True)


if __name__ == "__main__":
    main()
