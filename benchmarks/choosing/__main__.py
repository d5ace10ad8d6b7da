"""The table of decisions: how often `choose` ships a cell that is too bad, the cheapest of equal ones, and any.

usage: python -m benchmarks.choosing [--runs N] [--of whole|fitted]
"""

import argparse

import numpy as np

from benchmarks.choosing.cells import Cells, crowded, five_points, gaussian, with_holes, zero_or_one
from benchmarks.choosing.deciding import MARGIN, shipped
from benchmarks.coverage.populations import Floats

WHOLE: dict[str, Cells] = {
    "Gaussian": gaussian,
    "5 points, middle": five_points(3.2),
    "5 points, high": five_points(4.3),
}
FITTED: dict[str, Cells] = {
    "95 % at the top": five_points(5.67),
    "crowded at 0": crowded,
    "0 or 1": zero_or_one,
    "judges, 30 % missing": with_holes,
}
COLUMNS = ("scores", "cells", "scenarios", "runs", "too bad ships", "±", "cheapest ships", "±", "some cell ships")


def too_bad(cells: int) -> Floats:
    """Return the distances of cells of which all but the dearest are worse than it by a hair more than the margin."""
    return np.array([MARGIN * (1 + 1e-9)] * (cells - 1) + [0.0])


def line(name: str, drawn: Cells, cells: int, scenarios: int, runs: int, *, whole: bool) -> str:
    """Return a row of the Markdown table, in percent, at one look and at the last of three."""
    bad = shipped(drawn, too_bad(cells), scenarios, runs, whole=whole, seed=1)
    equal = shipped(drawn, np.zeros(cells), scenarios, runs, whole=whole, seed=2)
    fields = (
        name, str(cells), str(scenarios), str(runs), _percent(bad.wrong), _error(bad.wrong, runs),
        _percent(equal.first), _error(equal.first, runs), _percent(equal.some),
    )  # fmt: skip
    return "| " + " | ".join(fields) + " |"


def main() -> None:
    """Print the table as it is made."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=4_000, help="experiments a row; a tenth of it where each is fitted")
    parser.add_argument("--of", choices=("whole", "fitted"), default="whole")
    arguments = parser.parse_args()
    whole = arguments.of == "whole"
    runs = arguments.runs if whole else -(-arguments.runs // 10)
    print("| " + " | ".join(COLUMNS) + " |")
    print("|---" * len(COLUMNS) + "|")
    for name, drawn in (WHOLE if whole else FITTED).items():
        for cells in (5, 20):
            for scenarios in (60, 240, 480):
                print(line(name, drawn, cells, scenarios, runs, whole=whole), flush=True)


def _percent(shares: tuple[float, float]) -> str:
    return " / ".join(f"{100 * share:.1f}" for share in shares)


def _error(shares: tuple[float, float], runs: int) -> str:
    return f"{100 * max(np.sqrt(share * (1 - share) / runs) for share in shares):.1f}"


if __name__ == "__main__":
    main()
